//! One connection, from its first byte to its last.

use std::{
    error::Error,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum_core::body::Body;
use http::{HeaderValue, Request, Response, Version, header};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use qrhook::Rejection;
use tokio::{
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};
use tower_service::Service;

use super::{
    activity::{Activity, InProgress, Over, later},
    response::Tracked,
    socket::Socket,
};

/// The limit on the buffered bytes of a header, or of a body that is not read yet.
const BUFFER: usize = 32 * 1024;

/// The limit on the size of a header over HTTP/2, decompressed.
const HTTP2_HEADER: u32 = 16 * 1024;

/// The limit on concurrent requests on one HTTP/2 connection.
const HTTP2_STREAMS: u32 = 100;

/// The limit on the bytes of bodies that one HTTP/2 connection sends ahead of their reading. Enough for the largest body
/// of any sender within its three seconds, at a round trip of 100 ms; the library's own limit is four times as large.
const HTTP2_WINDOW: u32 = 256 * 1024;

/// The interval of the pings to an HTTP/2 client.
const PING: Duration = Duration::from_secs(20);

/// The interval at which a connection without a time limit is checked.
const LOOK: Duration = Duration::from_secs(60);

/// HTTP/1.1 and HTTP/2 with this server's bounds. The times of HTTP/1 are measured here, because the library's limit on
/// a header also ends idle connections.
pub(super) fn protocol() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // A client may close as soon as it has sent a complete request. Without this setting, that request is dropped.
    builder.http1().half_close(true).header_read_timeout(None).max_buf_size(BUFFER);
    let mut http2 = builder.http2();
    http2.max_header_list_size(HTTP2_HEADER).max_concurrent_streams(HTTP2_STREAMS);
    http2.initial_stream_window_size(HTTP2_WINDOW).initial_connection_window_size(HTTP2_WINDOW);
    http2.timer(TokioTimer::new()).keep_alive_interval(PING);
    builder
}

/// Serves a connection to its end.
pub(super) async fn run<S, B>(stream: TcpStream, app: S, activity: Arc<Activity>, protocol: Builder<TokioExecutor>)
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let socket = Socket::new(stream, Arc::clone(&activity));
    let (requests, io) = (Arc::clone(&activity), TokioIo::new(socket.clone()));
    let service = service_fn(move |request: Request<Incoming>| {
        respond(app.clone(), requests.begin(request.version()), request.map(Body::new))
    });
    let mut connection = pin!(protocol.serve_connection(io, service));
    let mut timer = pin!(sleep_until(later(Instant::now(), LOOK)));
    loop {
        let ended = poll_fn(|context| match connection.as_mut().poll(context) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            // The poll may have changed the state of the connection, and with it the time limit.
            Poll::Pending => poll_over(&activity, timer.as_mut(), context).map(|()| None),
        });
        match ended.await {
            Some(Ok(())) => return,
            Some(Err(error)) => return tracing::debug!(error, "a connection failed"),
            None => match activity.over(|| socket.has_unread()) {
                Over::Not => {}
                Over::Close => connection.as_mut().graceful_shutdown(),
                Over::Cut => return tracing::debug!("a connection was cut: its client took too long"),
            },
        }
    }
}

/// Waits until the time of a connection is over. The timer is only reset if that is sooner than the timer's deadline,
/// so a quick request costs nothing here.
fn poll_over(activity: &Activity, mut timer: Pin<&mut Sleep>, context: &mut Context<'_>) -> Poll<()> {
    let now = Instant::now();
    let ends = activity.ends(context.waker());
    if ends.is_some_and(|ends| ends <= now) {
        return Poll::Ready(());
    }
    let look = ends.unwrap_or_else(|| later(now, LOOK));
    if look < timer.deadline() {
        timer.as_mut().reset(look);
    }
    while timer.as_mut().poll(context).is_ready() {
        timer.as_mut().reset(look);
    }
    Poll::Pending
}

async fn respond<S, B>(
    mut app: S,
    in_progress: InProgress,
    request: Request<Body>,
) -> Result<Response<Tracked<B>>, S::Error>
where
    S: Service<Request<Body>, Response = Response<B>>,
{
    let version = request.version();
    poll_fn(|context| app.poll_ready(context)).await?;
    let mut response = app.call(request).await?;
    let is_unproven = response.extensions().get().is_some_and(Rejection::is_unproven);
    if (in_progress.is_last() || is_unproven) && version < Version::HTTP_2 {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response.map(|body| Tracked::new(body, in_progress)))
}
