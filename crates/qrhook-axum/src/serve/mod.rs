//! The server that loses nothing at its edges.

mod activity;
mod connection;
mod connections;
mod listen;
mod response;
mod socket;

use std::{
    error::Error,
    fmt,
    future::{Future, IntoFuture},
    io,
    pin::Pin,
    time::Duration,
};

use axum_core::body::Body;
use http::{Request, Response};
pub use qrhook::serving::Stopped;
use qrhook::{
    Provider, Receiver,
    serving::{Ending, Started, max_connections},
};
use tokio::{net::TcpListener, time::Instant};
use tower_service::Service;

use self::{activity::later, connections::Connections, listen::Listening};

/// The most connections, unless set otherwise.
const CONNECTIONS: usize = 8192;

/// How long an idle connection stays open at the end: a client may just be sending a request on it.
const GRACE: Duration = Duration::from_secs(1);

/// Serves an app over HTTP/1.1 and HTTP/2 until SIGTERM or Ctrl-C, and ends without losing an event.
///
/// The app is an `axum::Router` or any other tower service of its shape. See the [crate page](crate#serving) for what
/// this does that `axum::serve` does not, and for the bounds.
///
/// ```no_run
/// # async fn run(app: axum::Router, receiver: qrhook::Receiver<qrhook::qrstudio::QrStudio>) -> std::io::Result<()> {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// qrhook_axum::serve(listener, app).with_receiver(&receiver).await?;
/// # Ok(())
/// # }
/// ```
pub fn serve<S>(listener: TcpListener, app: S) -> Serve<S> {
    Serve { listener, app, ending: Ending::new(), max_connections: None }
}

/// A server that runs when it is awaited. Made by [`serve()`].
///
/// Dropping the future closes every connection at once.
#[must_use = "a server does nothing unless it is awaited"]
pub struct Serve<S> {
    listener: TcpListener,
    app: S,
    ending: Ending,
    max_connections: Option<usize>,
}

impl<S> Serve<S> {
    /// Drains this receiver at the end. Call it once for each hook of the app.
    pub fn with_receiver<P: Provider>(self, receiver: &Receiver<P>) -> Self {
        Self { ending: self.ending.with_receiver(receiver), ..self }
    }

    /// Ends when this future is done, or at a signal, whichever comes first.
    pub fn with_shutdown(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { ending: self.ending.with_shutdown(shutdown), ..self }
    }

    /// Leaves SIGTERM and Ctrl-C to the program: the server ends when the future of [`Serve::with_shutdown`] is done,
    /// and nothing cuts its end short.
    pub fn without_signals(self) -> Self {
        Self { ending: self.ending.without_signals(), ..self }
    }

    /// Leaves the listener as it is at the end, because another process holds it too: systemd's socket activation, or a
    /// parent that starts the next instance. That instance serves whoever connects meanwhile, and nobody is refused.
    ///
    /// Without this, no instance can accept on that socket again.
    pub fn with_shared_listener(self) -> Self {
        Self { ending: self.ending.with_shared_listener(), ..self }
    }

    /// How long the end may take, from the signal to the last handler; 25 s unless set.
    pub fn with_drain_time(self, time: Duration) -> Self {
        Self { ending: self.ending.with_time(time), ..self }
    }

    /// How many connections are served at once; 8,192 unless set.
    ///
    /// The process's limit of open files is raised as far as they need it and the system allows it. Where it stays
    /// lower, fewer connections are served: a quarter of the limit, at most 256, is left for files and stores.
    pub fn with_max_connections(mut self, connections: usize) -> Self {
        self.max_connections = Some(connections);
        self
    }
}

impl<S, B> Serve<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    async fn run(self) -> io::Result<Stopped> {
        let Started { mut signals, shutdown, receivers, shared_listener, time, .. } = self.ending.start()?;
        let mut connections = Connections::default();
        let protocol = connection::protocol();
        let mut open = move |connections: &mut Connections, stream| {
            let (app, protocol) = (self.app.clone(), protocol.clone());
            connections.open(|activity| connection::run(stream, app, activity, protocol));
        };

        let mut listening = Listening::new(self.listener, max_connections(self.max_connections, CONNECTIONS));
        let begun = async {
            tokio::select! {
                () = shutdown => {}
                () = signals.next() => {}
            }
        };
        listening.until(begun, &mut connections, &mut open).await;

        let now = Instant::now();
        let ends = later(now, time);
        connections.leave(later(now, GRACE));
        if shared_listener {
            drop(listening);
        } else {
            listening.close(&mut connections, &mut open).await?;
        }
        let end = async {
            // What is not over by then is cut.
            let _ = tokio::time::timeout_at(ends, connections.all_ended()).await;
            receivers.drain(ends.saturating_duration_since(Instant::now())).await
        };
        let drained = tokio::select! {
            drained = end => drained,
            () = signals.next() => receivers.drain(Duration::ZERO).await,
        };
        Ok(Stopped::new(connections.len(), drained))
    }
}

impl<S, B> IntoFuture for Serve<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    /// What was left when it ended.
    ///
    /// # Errors
    ///
    /// The signals cannot be caught, or the listener cannot be used. A connection that breaks is not an error.
    type Output = io::Result<Stopped>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<S> fmt::Debug for Serve<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve").field("listener", &self.listener).finish_non_exhaustive()
    }
}
