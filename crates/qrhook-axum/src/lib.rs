//! QR-platform webhooks for axum and tower: verified, typed, and handed over once.
//!
//! | Type | What it does | Needs |
//! | --- | --- | --- |
//! | [`Webhook`] | reads the delivery that the layer verified and claimed; the layer settles it from the handler's answer | [`WebhookLayer`] on the route |
//! | [`Claimed`] | an extractor that verifies **and** deduplicates by itself; [`Claimed::handle`] runs the work and settles | a [`Receiver`](qrhook::Receiver) in the state |
//! | [`Verified`] | an extractor for the signature alone: no store, every repeat comes through | a [`Verifier`](qrhook::Verifier) in the state |
//!
//! ```
//! use axum::{Router, http::StatusCode, routing::post};
//! use qrhook::{MemoryStore, Receiver, Secrets, UnixTime, qrstudio::{Payload, QrStudio}, testing};
//! use qrhook_axum::{Webhook, WebhookLayer};
//! use tower::ServiceExt;
//!
//! async fn on_event(Webhook(delivery): Webhook<QrStudio>) -> StatusCode {
//!     match &delivery.event().payload {
//!         Payload::ScanCreated(scan) => println!("{:?} was scanned", scan.short_id),
//!         _ => {}
//!     }
//!     StatusCode::NO_CONTENT
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
//! let app = Router::new().route("/qrstudio", post(on_event).layer(WebhookLayer::new(receiver)));
//!
//! let event = r#"{"type":"scan.created","id":"evt_1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;
//! let signed = testing::sign::<QrStudio>("whsec_test", event, UnixTime::now());
//! let mut request = axum::http::Request::post("/qrstudio").body(axum::body::Body::from(signed.body))?;
//! *request.headers_mut() = signed.headers;
//! assert_eq!(app.clone().oneshot(request).await?.status(), StatusCode::NO_CONTENT);
//!
//! let forged = axum::http::Request::post("/qrstudio").body(axum::body::Body::from(event))?;
//! assert_eq!(app.oneshot(forged).await?.status(), StatusCode::UNAUTHORIZED);
//! # Ok(())
//! # }
//! ```
//!
//! # What a handler can rely on
//!
//! - It is called for verified deliveries only, and once for each event.
//! - It runs in a task of its own. A client that hangs up, or a deadline that passes, does not end it; it is stopped
//!   at its limit of 20 s, or by the end of the runtime. Call [`Receiver::drain`](qrhook::Receiver::drain) before the
//!   server stops.
//! - It has to give way: what blocks its thread, or goes on elsewhere (`spawn`, `spawn_blocking`), is not stopped, and
//!   after the lease of 30 s its event may be handled again beside it.
//! - Its answer decides: a 2xx commits the event, everything else, an error or a panic releases it, and the sender's
//!   retry is handed over again. A 3xx or 410 becomes 500.
//! - It sees the identical bytes. A QR Planet form comes without its token, url-encoded again, with headers to match.
//!
//! The reason of a refusal is logged, and stands as a [`Rejection`](qrhook::Rejection) in the response's extensions,
//! where an outer layer can count it; the sender learns the status alone.
//!
//! The layer has no type of axum in it: it wraps any tower service whose request body is `Full<Bytes>`, so it works
//! under hyper alone.

mod body;
mod extract;
mod judge;
mod layer;
mod pieces;
mod service;

pub use self::{
    body::ResponseBody,
    extract::{Claimed, MissingLayer, Rejected, Verified, Webhook},
    layer::WebhookLayer,
    service::WebhookService,
};
