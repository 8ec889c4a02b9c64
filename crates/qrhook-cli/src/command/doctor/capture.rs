//! Taking the next request that reaches a port.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, StatusCode},
};
use bytes::Bytes;
use http::Request;
use qrhook_axum::serve;
use tokio::{net::TcpListener, sync::Notify, time::timeout};

use crate::{failure::Failure, stderr_lines::note};

/// Requests that are not what is waited for may be open at the same time.
const CONNECTIONS: usize = 256;

/// The time for a body. A platform sends it in milliseconds, and whoever does not must not keep it out.
const BODY_TIME: Duration = Duration::from_secs(5);

/// Waits for the next POST at this address, whatever its path, and returns it. The response is 503, so that the platform
/// sends the event again: nobody handles it here.
pub(super) async fn next_request(address: &str, limit: usize) -> Result<Request<Bytes>, Failure> {
    let cannot = |error: std::io::Error| Failure::failed(format!("cannot listen on {address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let bound = listener.local_addr().map_err(cannot)?;
    note(format_args!("waiting for the next POST to http://{bound}, with any path; Ctrl-C ends"));
    let (captured, done) = (Arc::new(Mutex::new(None)), Arc::new(Notify::new()));
    let (place, captured_one) = (Arc::clone(&captured), Arc::clone(&done));
    let take = move |request: Request<Body>| {
        let (place, captured_one) = (Arc::clone(&place), Arc::clone(&captured_one));
        async move {
            let (head, body) = request.into_parts();
            if head.method != Method::POST {
                return StatusCode::METHOD_NOT_ALLOWED;
            }
            let Ok(body) = timeout(BODY_TIME, to_bytes(body, limit)).await else { return StatusCode::REQUEST_TIMEOUT };
            let Ok(body) = body else { return StatusCode::PAYLOAD_TOO_LARGE };
            let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
            if place.is_none() {
                *place = Some(Request::from_parts(head, body));
                captured_one.notify_one();
            }
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    let server = serve(listener, Router::new().fallback(take)).with_max_connections(CONNECTIONS);
    server.with_shutdown(async move { done.notified().await }).await.map_err(cannot)?;
    let captured = captured.lock().unwrap_or_else(PoisonError::into_inner).take();
    captured.ok_or_else(|| Failure::failed("stopped before a request came"))
}
