//! QR-platform webhooks for actix-web: verified, typed, and delivered once.
//!
//! | Type | What it does | Needs |
//! | --- | --- | --- |
//! | [`Webhook`] | reads the delivery that the middleware verified and claimed; the middleware settles it from the handler's answer | [`WebhookMiddleware`] around the handler |
//! | [`Claimed`] | an extractor that verifies **and** deduplicates by itself; [`Claimed::handle`] runs the work and settles | a [`Receiver`](qrhook::Receiver) in `app_data` |
//! | [`Verified`] | an extractor for the signature alone: no store, every repeat comes through | a [`Verifier`](qrhook::Verifier) in `app_data` |
//!
//! ```
//! use actix_web::{App, HttpResponse, Responder, http::StatusCode, test, web};
//! use qrhook::{MemoryStore, Receiver, Secrets, UnixTime, qrstudio::{Payload, QrStudio}, testing};
//! use qrhook_actix::{Webhook, WebhookMiddleware};
//!
//! async fn on_event(Webhook(delivery): Webhook<QrStudio>) -> impl Responder {
//!     match &delivery.event().payload {
//!         Payload::ScanCreated(scan) => println!("{:?} was scanned", scan.short_id),
//!         _ => {}
//!     }
//!     HttpResponse::NoContent()
//! }
//!
//! # #[actix_web::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
//! let hook = web::resource("/qrstudio").route(web::post().to(on_event)).wrap(WebhookMiddleware::new(receiver));
//! let app = test::init_service(App::new().service(hook)).await;
//!
//! let event = r#"{"type":"scan.created","id":"evt_1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;
//! let signed = testing::sign::<QrStudio>("whsec_test", event, UnixTime::now());
//! let mut request = test::TestRequest::post().uri("/qrstudio").set_payload(signed.body);
//! for (name, value) in &signed.headers {
//!     request = request.append_header((name.as_str(), value.as_bytes()));
//! }
//! assert_eq!(test::call_service(&app, request.to_request()).await.status(), StatusCode::NO_CONTENT);
//!
//! let forged = test::TestRequest::post().uri("/qrstudio").set_payload(event).to_request();
//! assert_eq!(test::call_service(&app, forged).await.status(), StatusCode::UNAUTHORIZED);
//! # Ok(())
//! # }
//! ```
//!
//! # What a handler can rely on
//!
//! - It is called for verified deliveries only, and once for each event.
//! - It runs in a task of its own on its worker. A client that hangs up, or a deadline that passes, does not end it; it is
//!   stopped at its limit of 20 s.
//! - It must yield: what blocks its thread, or goes on elsewhere (`spawn`, `spawn_blocking`), is not stopped, and
//!   after the lease of 30 s its event may be handled again beside it.
//! - Its answer decides: a 2xx commits the event, everything else, an error or a panic releases it, and the sender's
//!   retry is delivered again. A 3xx or 410 becomes 500.
//! - It sees the identical bytes. A QR Planet form comes without its token, url-encoded again, with headers to match.
//!
//! An extractor of actix's own that reads the body again has a limit of its own: `web::Bytes` and `web::Json` take 256 KiB
//! unless a `PayloadConfig` or `JsonConfig` says more, and CodeQR sends up to 2 MiB. `delivery.raw()` has no limit to
//! forget.
//!
//! The reason of a refusal is logged, counted, and stands as a [`Rejection`](qrhook::Rejection) in the response's
//! extensions, where outer middleware can read it; the sender learns the status alone. Where the handler still runs, the
//! answer is an error that is made a response further out.
//!
//! Handlers run in local tasks, so a test needs actix's runtime: `#[actix_web::test]`.
//!
//! # Serving
//!
//! `qrhook_actix::serve(listener, || App::new()..).with_receiver(&receiver).await` is the server for a hook, behind the
//! feature `serve`: actix's own `HttpServer` with bounds, and with an end that loses nothing.
//!
//! | At the edge | What `serve` does |
//! | --- | --- |
//! | half a header | the connection is closed 5 s after it began |
//! | an idle connection | it may live for 75 s, longer than the usual proxies keep one |
//! | more connections than `Serve::with_max_connections`, 2,048 unless set | they wait |
//! | too few file descriptors | the process's soft limit is raised as far as the connections need it |
//!
//! SIGTERM, Ctrl-C or the future of `Serve::with_shutdown` ends it, in this order: the listener is closed; open connections
//! are finished, and idle ones stay open for a few seconds, because a client may just be sending a request; the named
//! receivers are drained; then the workers stop. All of it takes at most `Serve::with_drain_time`, 25 s unless set, and a
//! second signal ends the waiting at once.
//!
//! With an `HttpServer` of your own, turn off actix's signals (`disable_signals`): by itself actix stops the workers first,
//! and with them the handlers that still run. Stop accepting, let the connections finish, call
//! [`Receiver::drain`](qrhook::Receiver::drain), and then `ServerHandle::stop`. A handler that runs when its worker stops is
//! dropped where it waits: its claim ends with the lease, the sender's retry is handled, and the next drain counts it as
//! [`abandoned`](qrhook::receiver::Drained::abandoned).

mod convert;
mod extract;
mod judge;
mod middleware;
mod pieces;
mod scope;
#[cfg(feature = "serve")]
mod serve;

#[cfg(feature = "serve")]
pub use self::serve::{Serve, Stopped, serve};
pub use self::{
    extract::{Claimed, ExtractError, FromAppData, Pick, Verified, Webhook},
    middleware::{WebhookMiddleware, WebhookService},
    scope::HandlerTask,
};
