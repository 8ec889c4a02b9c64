//! QR-platform webhooks for axum and tower: verified, typed, and delivered once.
//!
//! Most programs put [`WebhookLayer`] on the route, read the delivery with [`Webhook`], and run the app with
//! [`serve()`]. There are three ways to get a delivery:
//!
//! | Type | What it does | Needs |
//! | --- | --- | --- |
//! | [`Webhook`] | reads the delivery that the layer verified and claimed; the layer settles the claim according to the handler's response | [`WebhookLayer`] on the route |
//! | [`Claimed`] | an extractor that verifies **and** claims without a layer; [`Claimed::handle`] runs the work and settles the claim | a [`Receiver`](qrhook::Receiver) in the state |
//! | [`Verified`] | an extractor that checks the signature only: there is no store, so repeats reach the handler | a [`Verifier`](qrhook::Verifier) in the state |
//!
//! # Example
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
//! # Guarantees for a handler
//!
//! - It is called for verified deliveries only, and once for each event.
//! - As soon as it awaits something, it continues in a separate task. It is not stopped when its client hangs up or a
//!   deadline passes, only at its limit of 20 s or at the end of the runtime. [`serve()`] waits for it. With your own
//!   server, call [`Receiver::drain`](qrhook::Receiver::drain); see [Serving](#serving).
//! - It must yield. Code that blocks its thread also delays the response and cannot be stopped, nor can work that it
//!   moves elsewhere (`spawn`, `spawn_blocking`). When the lease of 30 s is over, the event may be handled again while
//!   such work is still running.
//! - Its response decides. A 2xx commits the event. Any other status, an error or a panic releases the event, and the
//!   sender's retry is delivered again. A 3xx or 410 becomes 500.
//! - It sees the original bytes. A QR Planet form arrives without its token, url-encoded, with matching headers.
//!
//! The reason for a refusal is logged, counted, and stored as a [`Rejection`](qrhook::Rejection) in the response's
//! extensions, where an outer layer can read it. The sender learns only the status.
//!
//! The layer uses no axum types. It wraps any tower service whose request body is `Full<Bytes>`, so it also works with
//! hyper alone.
//!
//! # Serving
//!
//! `qrhook_axum::serve(listener, app).with_receiver(&receiver).await` runs a server made for webhooks, behind the
//! feature `serve`. It speaks HTTP/1.1, and HTTP/2 with clients that use it from the first byte ("prior knowledge"). It
//! takes an `axum::Router`, or any tower service for the same requests. It does not upgrade connections (no WebSockets)
//! and does not speak TLS: platforms reach it through a proxy.
//!
//! | Case | Behaviour of [`serve()`] |
//! | --- | --- |
//! | a client sends a complete request and closes at once, as PHP's `fsockopen`, `fwrite`, `fclose` do | the event is handled. **`axum::serve` loses some of these: it handled 192 to 198 of 200**, and logged nothing |
//! | an incomplete header | the connection is closed 5 s after the first byte; a header of more than 32 KiB gets a 431 |
//! | an idle connection | it may stay open for 75 s, longer than common proxies keep one |
//! | a client that does not read its response | the connection is cut after 30 s |
//! | more connections than [`Serve::with_max_connections`] | the connection that has been idle longest is closed to make room; one with a request in progress never is |
//! | too few file descriptors | the process's soft limit is raised as far as the connections need it; if a connection cannot be accepted, the server tries again |
//!
//! SIGTERM, Ctrl-C or the future of [`Serve::with_shutdown`] shuts the server down, in an order that loses no events:
//!
//! 1. Pending connections are accepted, then the listener is closed. On Linux, new connections are held back during
//!    that moment; elsewhere, a client that connects just then is cut off. If another process holds the listener too,
//!    [`Serve::with_shared_listener`] leaves it to the next instance, and no client is refused.
//! 2. Open connections are finished. Every response carries `Connection: close`. An idle connection stays open for one
//!    more second, because its client may be sending a request; an incomplete header keeps its 5 s.
//! 3. The receivers passed to [`Serve::with_receiver`] are drained: running handlers finish, even if their clients are
//!    gone.
//!
//! All of this takes at most the [drain time](Serve::with_drain_time), 25 s by default. A second signal ends the wait
//! immediately. [`Stopped`] reports the unfinished work.
//!
//! ## Your own server
//!
//! With hyper, do the same. Call `half_close(true)` on its HTTP/1 builder; it is off by default, and `axum::serve`
//! cannot turn it on. Limit the time and the size of a header; `header_read_timeout` also ends idle connections, and
//! `max_buf_size` defaults to 400 KB for each connection. Limit the number of connections, and keep the order above.
//!
//! With `axum::serve`, you can keep the order, but you must limit the time for open connections. Otherwise a client
//! that sends half a header keeps the program from ending:
//!
//! ```no_run
//! # use std::{future::IntoFuture, time::Duration};
//! # async fn run(
//! #     listener: tokio::net::TcpListener,
//! #     app: axum::Router,
//! #     receiver: qrhook::Receiver<qrhook::qrstudio::QrStudio>,
//! # ) -> std::io::Result<()> {
//! let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
//! let server = axum::serve(listener, app).with_graceful_shutdown(async { drop(stopped.await) });
//! let mut server = tokio::spawn(server.into_future());
//! # async fn signal() {}
//! signal().await; // SIGTERM or Ctrl-C
//! drop(stop); // closes the listener first: draining earlier would refuse events
//! if tokio::time::timeout(Duration::from_secs(5), &mut server).await.is_err() {
//!     server.abort(); // handlers continue in separate tasks
//! }
//! receiver.drain(Duration::from_secs(20)).await;
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod extract;
mod head;
mod judge;
mod layer;
mod pieces;
mod scope;
#[cfg(feature = "serve")]
mod serve;
mod service;

#[cfg(feature = "serve")]
pub use self::serve::{Serve, Stopped, serve};
pub use self::{
    body::ResponseBody,
    extract::{Claimed, FromState, InArc, MissingLayer, Pick, Rejected, Verified, Webhook},
    layer::WebhookLayer,
    scope::HandlerTask,
    service::WebhookService,
};
