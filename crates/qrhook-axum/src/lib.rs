//! QR-platform webhooks for axum and tower: verified, typed, and delivered once.
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
//! - It goes on in a task of its own as soon as it waits for something. A client that hangs up, or a deadline that passes,
//!   does not end it; it is stopped at its limit of 20 s, or by the end of the runtime. [`serve()`] waits for it; a server
//!   of your own calls [`Receiver::drain`](qrhook::Receiver::drain), see [Serving](#serving).
//! - It must yield: what blocks its thread keeps the response waiting as well, and is not stopped, nor is what goes on
//!   elsewhere (`spawn`, `spawn_blocking`); after the lease of 30 s its event may be handled again beside it.
//! - Its answer decides: a 2xx commits the event, everything else, an error or a panic releases it, and the sender's
//!   retry is delivered again. A 3xx or 410 becomes 500.
//! - It sees the identical bytes. A QR Planet form comes without its token, url-encoded, with headers to match.
//!
//! The reason of a refusal is logged, and stands as a [`Rejection`](qrhook::Rejection) in the response's extensions,
//! where an outer layer can count it; the sender learns the status alone.
//!
//! The layer has no type of axum in it: it wraps any tower service whose request body is `Full<Bytes>`, so it works
//! under hyper alone.
//!
//! # Serving
//!
//! `qrhook_axum::serve(listener, app).with_receiver(&receiver).await` is the server for a hook, behind the feature
//! `serve`: HTTP/1.1, and HTTP/2 for clients that begin with it. It takes an `axum::Router` or any tower service of that
//! shape. It does not upgrade connections (no WebSockets) and speaks no TLS: platforms reach it through a proxy.
//!
//! | At the edge | What [`serve()`] does |
//! | --- | --- |
//! | a client sends a whole request and closes at once, as PHP's `fsockopen`, `fwrite`, `fclose` do | the event is handled. **`axum::serve` loses some of these: of 200 it handled 192 to 198**, and nothing is logged |
//! | half a header | the connection is closed 5 s after the first byte; a header of more than 32 KiB is 431 |
//! | an idle connection | it may live for 75 s, longer than the usual proxies keep one |
//! | a client that does not read its response | it is cut off after 30 s |
//! | more connections than [`Serve::with_max_connections`] | the one that has been idle for the longest time makes room; one with a request in progress never does |
//! | too few file descriptors | the process's soft limit is raised as far as the connections need it; a connection that cannot be accepted is tried again |
//!
//! SIGTERM, Ctrl-C or the future of [`Serve::with_shutdown`] ends it, in the one order that loses nothing:
//!
//! 1. Connections that wait to be accepted are accepted, then the listener is closed. On Linux new connections are held
//!    back for that moment; elsewhere a client that connects just then is cut off. Where another process holds the
//!    listener too, [`Serve::with_shared_listener`] leaves it to the next instance, and nobody is refused.
//! 2. Open connections are finished. Every response says `Connection: close`. An idle connection stays open for one more
//!    second, because a client may just be sending a request on it; half a header keeps its 5 s.
//! 3. The named receivers are drained: running handlers finish, although their clients may be gone.
//!
//! All of it takes at most [`Serve::with_drain_time`], 25 s unless set, and a second signal ends the waiting at once.
//! [`Stopped`] tells you what was left.
//!
//! ## A server of your own
//!
//! With hyper, do the same: `half_close(true)` on its HTTP/1 builder (it is off by default, and `axum::serve` cannot turn
//! it on), a limit on the time and the size of a header (`header_read_timeout` also ends idle connections; the default of
//! `max_buf_size` is 400 KB for each connection), a limit on connections, and the order above.
//!
//! With `axum::serve`, the order can be kept, with a bound on the connections; without one, a client that holds half a
//! header keeps the program from ending:
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
//! drop(stop); // closes the listener first; a drain before that would refuse events
//! if tokio::time::timeout(Duration::from_secs(5), &mut server).await.is_err() {
//!     server.abort(); // handlers run on, in tasks of their own
//! }
//! receiver.drain(Duration::from_secs(20)).await;
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod extract;
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
