//! The server for a hook.

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
/// The outcome of a [`Serve`].
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let (app, signal) = (axum::Router::new(), async {});
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// let stopped = qrhook_axum::serve(listener, app).with_shutdown(signal).await?;
///
/// if !stopped.is_complete() {
///     eprintln!("{} handlers were still running", stopped.running);
/// }
/// # assert!(stopped.is_complete());
/// # Ok(())
/// # }
/// ```
///
/// # Details
///
pub use qrhook::serving::Stopped;
use qrhook::{
    Provider, Receiver,
    serving::{Ending, Started, max_connections},
};
use tokio::{net::TcpListener, time::Instant};
use tower_service::Service;

use self::{activity::later, connections::Connections, listen::Listening};

/// The default of [`Serve::with_max_connections`].
const CONNECTIONS: usize = 8192;

/// The time that an idle connection stays open at the end, because its client may be sending a request.
const GRACE: Duration = Duration::from_secs(1);

/// Serves an app over HTTP/1.1 and HTTP/2 until SIGTERM or Ctrl-C, and ends without losing an event.
///
/// The app is an `axum::Router`, or any tower service for the same requests. The [crate page](crate#serving) lists the
/// bounds, and the differences from `axum::serve`.
///
/// # Example
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

/// A server that runs when it is awaited. Created by [`serve()`].
///
/// Dropping the future closes every connection at once.
///
/// # Example
///
/// A server that shuts down when one of the program's futures completes:
///
/// ```
/// # use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
/// # let app = axum::Router::new();
/// use std::time::Duration;
///
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
/// let server = qrhook_axum::serve(listener, app)
///     .with_receiver(&receiver)
///     .with_shutdown(async { drop(stopping.await) })
///     .with_drain_time(Duration::from_secs(20));
///
/// drop(stop);
/// assert!(server.await?.is_complete());
/// # Ok(())
/// # }
/// ```
#[must_use = "a server does nothing unless it is awaited"]
pub struct Serve<S> {
    listener: TcpListener,
    app: S,
    ending: Ending,
    max_connections: Option<usize>,
}

impl<S> Serve<S> {
    /// Drains this receiver during the shutdown. Call this once for each hook of the app.
    pub fn with_receiver<P: Provider>(self, receiver: &Receiver<P>) -> Self {
        Self { ending: self.ending.with_receiver(receiver), ..self }
    }

    /// Shuts the server down when this future completes or a signal arrives, whichever comes first.
    pub fn with_shutdown(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { ending: self.ending.with_shutdown(shutdown), ..self }
    }

    /// Leaves SIGTERM and Ctrl-C to the program. The server shuts down when the future passed to
    /// [`Serve::with_shutdown`] completes, and a second signal does not cut the shutdown short.
    pub fn without_signals(self) -> Self {
        Self { ending: self.ending.without_signals(), ..self }
    }

    /// Leaves the listener open during the shutdown, because another process holds it too: systemd with socket
    /// activation, or a parent that starts the next instance. That instance serves the clients that connect in the
    /// meantime, so none is refused.
    ///
    /// Without this setting, no instance can accept connections on that socket again.
    pub fn with_shared_listener(self) -> Self {
        Self { ending: self.ending.with_shared_listener(), ..self }
    }

    /// Sets the time limit for the shutdown, from the signal to the end of the last handler. The default is 25 s.
    pub fn with_drain_time(self, time: Duration) -> Self {
        Self { ending: self.ending.with_time(time), ..self }
    }

    /// Sets the maximum number of connections that are served at once. The default is 8,192.
    ///
    /// The process's limit on open files is raised as far as the connections need it and the system allows it. If that
    /// is not enough, fewer connections are served: a quarter of the limit, at most 256, is reserved for files and
    /// stores.
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
            // A connection that is still open after that time is cut.
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
    /// The work that was left when the server ended.
    ///
    /// # Errors
    ///
    /// If the signals cannot be caught or the listener cannot be used. A broken connection is not an error.
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
