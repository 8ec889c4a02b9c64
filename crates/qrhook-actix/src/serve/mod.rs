//! The server for a hook.

mod listener;
mod progress;

use std::{
    fmt,
    future::IntoFuture,
    io,
    net::TcpListener,
    pin::{Pin, pin},
    time::Duration,
};

use actix_web::{
    App, Error, HttpServer,
    body::MessageBody,
    dev::{Server, Service, ServiceFactory, ServiceRequest, ServiceResponse},
    rt::net::TcpStream,
};
/// The outcome of a [`Serve`].
///
/// # Example
///
/// ```
/// # use actix_web::App;
/// # #[actix_web::main]
/// # async fn main() -> std::io::Result<()> {
/// # let signal = async {};
/// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// let stopped = qrhook_actix::serve(listener, || App::new()).with_shutdown(signal).await?;
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
use tokio::time::{Instant, timeout_at};

use self::{listener::Listening, progress::Progress};

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Start = Box<dyn FnOnce(TcpListener, Settings, Progress) -> io::Result<Server> + Send>;

/// The default of [`Serve::with_max_connections`]. Actix buffers up to 128 KiB of an incomplete header on each.
const CONNECTIONS: usize = 2048;

/// The time that an idle connection stays open at the end, because its client may be sending a request.
const GRACE: Duration = Duration::from_secs(5);

/// The time that a connection may be idle: longer than the 60 s after which common proxies close it themselves.
const IDLE_TIME: Duration = Duration::from_secs(75);

/// The time limit for the header of a connection's first request.
const HEADER_TIME: Duration = Duration::from_secs(5);

/// The number of seconds that the workers get to finish writing.
const WORKERS_TIME: u64 = 2;

/// Serves an app over HTTP/1.1 until SIGTERM or Ctrl-C, and ends without losing an event.
///
/// The app is the closure that `HttpServer::new` takes. The [crate page](crate#serving) lists the bounds, and the
/// differences from `HttpServer`.
///
/// # Example
///
/// ```no_run
/// # use actix_web::App;
/// # async fn run(receiver: qrhook::Receiver<qrhook::qrstudio::QrStudio>) -> std::io::Result<()> {
/// let listener = std::net::TcpListener::bind("127.0.0.1:8080")?;
/// qrhook_actix::serve(listener, || App::new()).with_receiver(&receiver).await?;
/// # Ok(())
/// # }
/// ```
pub fn serve<F, T, B>(listener: TcpListener, app: F) -> Serve
where
    F: Fn() -> App<T> + Send + Clone + 'static,
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>
        + 'static,
    B: MessageBody + 'static,
{
    let start: Start = Box::new(move |listener, settings, progress| {
        let opened = progress.clone();
        let app = move || {
            let progress = progress.clone();
            app().wrap_fn(move |request, app| progress.clone().respond(app.call(request)))
        };
        let server = HttpServer::new(app)
            .workers(settings.workers)
            .max_connections(settings.max_connections.div_ceil(settings.workers))
            .client_request_timeout(HEADER_TIME)
            .keep_alive(IDLE_TIME)
            .shutdown_timeout(WORKERS_TIME)
            .disable_signals()
            .on_connect(move |stream, extensions| {
                extensions.insert(opened.connection());
                if let Some(stream) = stream.downcast_ref::<TcpStream>() {
                    // Sends small responses without delay. This only fails if the connection is already gone.
                    drop(stream.set_nodelay(true));
                }
            });
        Ok(server.listen(listener)?.run())
    });
    Serve { listener, start, ending: Ending::new(), max_connections: None, workers: None }
}

struct Settings {
    workers: usize,
    max_connections: usize,
}

/// A server that runs when it is awaited. Created by [`serve()`].
///
/// Dropping the future stops the workers at once.
///
/// # Example
///
/// A server that shuts down when one of the program's futures completes:
///
/// ```
/// # use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
/// use std::time::Duration;
/// use actix_web::App;
///
/// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
/// let server = qrhook_actix::serve(listener, || App::new())
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
pub struct Serve {
    listener: TcpListener,
    start: Start,
    ending: Ending,
    max_connections: Option<usize>,
    workers: Option<usize>,
}

impl Serve {
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

    /// Sets the time limit for the shutdown, from the signal to the end of the last handler. The default is 25 s. The
    /// workers get up to 3 s more.
    pub fn with_drain_time(self, time: Duration) -> Self {
        Self { ending: self.ending.with_time(time), ..self }
    }

    /// Sets the maximum number of connections that are served at once, by all workers together. The default is 2,048.
    /// Connections beyond that number wait.
    ///
    /// The process's limit on open files is raised as far as the connections need it and the system allows it. If that
    /// is not enough, fewer connections are served: a quarter of the limit, at most 256, is reserved for files and
    /// stores.
    pub fn with_max_connections(mut self, connections: usize) -> Self {
        self.max_connections = Some(connections.max(1));
        self
    }

    /// Sets the number of worker threads, at least one. The default is one for each processor.
    pub fn with_workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    async fn run(self) -> io::Result<Stopped> {
        let Started { mut signals, shutdown, receivers, shared_listener, time, .. } = self.ending.start()?;
        let listening = Listening::new(&self.listener)?;
        let progress = Progress::default();
        let workers = self.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from));
        let settings = Settings {
            // Actix does not accept more than 512.
            workers: workers.clamp(1, 512),
            max_connections: max_connections(self.max_connections, CONNECTIONS),
        };
        let server = (self.start)(self.listener, settings, progress.clone())?;
        let (handle, mut server) = (server.handle(), pin!(server));
        tokio::select! {
            // Unless it was told to stop, the server ends only if it cannot start.
            ended = &mut server => {
                ended?;
                return Ok(Stopped::new(progress.requests(), receivers.drain(Duration::ZERO).await));
            }
            () = shutdown => {}
            () = signals.next() => {}
        }

        let ends = later(Instant::now(), time);
        let end = async {
            let gentle = async {
                if shared_listener {
                    listening.pause(&handle).await;
                    progress.leave();
                } else {
                    listening.close(&handle, || progress.leave()).await;
                }
                progress.ended(later(Instant::now(), GRACE)).await;
            };
            // A connection that is still open after that time is cut.
            let _ = timeout_at(ends, gentle).await;
            receivers.drain(ends.saturating_duration_since(Instant::now())).await
        };
        let drained = tokio::select! {
            drained = end => drained,
            () = signals.next() => receivers.drain(Duration::ZERO).await,
            ended = &mut server => {
                ended?;
                receivers.drain(Duration::ZERO).await
            }
        };
        let stopped = Stopped::new(progress.requests(), drained);
        // The call itself requests the stop. A graceful one closes idle connections and lets responses be written.
        drop(handle.stop(stopped.connections == 0));
        tokio::select! {
            ended = &mut server => ended?,
            () = signals.next() => {}
        }
        Ok(stopped)
    }
}

/// Adds a duration to a time, or returns the time unchanged if the sum is out of range.
fn later(moment: Instant, by: Duration) -> Instant {
    moment.checked_add(by).unwrap_or(moment)
}

impl IntoFuture for Serve {
    /// The work that was left when the server ended.
    ///
    /// # Errors
    ///
    /// If the signals cannot be caught, the listener cannot be used, or the app cannot be built. A broken connection is
    /// not an error.
    type Output = io::Result<Stopped>;
    type IntoFuture = Boxed<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Serve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve").field("listener", &self.listener).finish_non_exhaustive()
    }
}
