//! The best receivers by hand: the code of somebody who knows what must be done and does nothing more.

use std::{
    collections::HashSet,
    hint::black_box,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use tokio::{sync::oneshot, time::timeout};

use super::SECRET;

#[derive(Deserialize)]
#[expect(dead_code, reason = "only the cost of reading it matters")]
pub struct Event {
    r#type: String,
    id: String,
    created_at: String,
    data: ScanCreated,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "as above")]
struct ScanCreated {
    short_id: String,
    name: String,
    owner_id: u64,
    destination_url: String,
    scanned_at: String,
    country: Option<String>,
    city: Option<String>,
    device_family: Option<String>,
    os_family: Option<String>,
    browser_family: Option<String>,
    referer: Option<String>,
    user_agent: Option<String>,
    is_bot: Option<bool>,
    variant_label: Option<String>,
}

#[derive(Clone)]
struct Hook {
    keyed: Hmac<Sha256>,
    seen: Arc<Mutex<HashSet<String>>>,
}

/// Verifies and decodes, and remembers nothing.
pub fn verified() -> Router {
    Router::new().route("/hook", post(on_request)).with_state(hook())
}

/// The same, handled in a task that outlives the client.
pub fn in_a_task() -> Router {
    Router::new().route("/hook", post(on_request_in_a_task)).with_state(hook())
}

/// The same, with a time limit for the response.
pub fn in_time() -> Router {
    Router::new().route("/hook", post(on_request_in_time)).with_state(hook())
}

/// The same, once for each id.
pub fn once() -> Router {
    Router::new().route("/hook", post(on_request_once)).with_state(hook())
}

fn hook() -> Hook {
    let keyed = Hmac::new_from_slice(SECRET.as_bytes()).expect("HMAC takes a key of any length");
    Hook { keyed, seen: Arc::default() }
}

async fn on_request(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match hook.read(&headers, &body) {
        Ok(event) => handle(event),
        Err(status) => status,
    }
}

async fn on_request_in_a_task(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match hook.read(&headers, &body) {
        Ok(event) => handle_in_a_task(event).await.unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
        Err(status) => status,
    }
}

async fn on_request_in_time(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match hook.read(&headers, &body) {
        Ok(event) => handle_in_time(event).await,
        Err(status) => status,
    }
}

async fn on_request_once(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let event = match hook.read(&headers, &body) {
        Ok(event) => event,
        Err(status) => return status,
    };
    if !hook.seen.lock().expect("nothing panics inside").insert(event.id.clone()) {
        return StatusCode::OK;
    }
    handle_in_time(event).await
}

async fn handle_in_time(event: Event) -> StatusCode {
    match timeout(Duration::from_millis(4500), handle_in_a_task(event)).await {
        Ok(Ok(status)) => status,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn handle_in_a_task(event: Event) -> oneshot::Receiver<StatusCode> {
    let (reply, waiting) = oneshot::channel();
    tokio::spawn(async move { reply.send(handle(event)) });
    waiting
}

fn handle(event: Event) -> StatusCode {
    black_box(event);
    StatusCode::NO_CONTENT
}

impl Hook {
    fn read(&self, headers: &HeaderMap, body: &[u8]) -> Result<Event, StatusCode> {
        self.verify(headers, body).ok_or(StatusCode::UNAUTHORIZED)?;
        serde_json::from_slice(body).map_err(|_| StatusCode::BAD_REQUEST)
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Option<()> {
        let header = headers.get("x-qrstudio-signature")?.to_str().ok()?;
        let (time, signature) = header.strip_prefix("t=")?.split_once(",v1=")?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        if now.abs_diff(time.parse().ok()?) > 300 {
            return None;
        }
        let signature: [u8; 32] = const_hex::decode_to_array(signature).ok()?;
        let mut mac = self.keyed.clone();
        mac.update(time.as_bytes());
        mac.update(b".");
        mac.update(body);
        mac.verify_slice(&signature).ok()
    }
}
