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
//! - It goes on in a task of its own on its worker as soon as it waits for something. A client that hangs up, or a deadline
//!   that passes, does not end it; it is stopped at its limit of 20 s.
//! - It must yield: what blocks its thread keeps the response waiting as well, and is not stopped, nor is what goes on
//!   elsewhere (`spawn`, `spawn_blocking`); after the lease of 30 s its event may be handled again beside it.
//! - Its answer decides: a 2xx commits the event, everything else, an error or a panic releases it, and the sender's
//!   retry is delivered again. A 3xx or 410 becomes 500.
//! - It sees the identical bytes. A QR Planet form comes without its token, url-encoded, with headers to match.
//!
//! An extractor of actix's own that reads the body again has a limit of its own: `web::Bytes` and `web::Json` take 256 KiB
//! unless a `PayloadConfig` or `JsonConfig` says more, and CodeQR sends up to 2 MiB. `delivery.raw()` has no limit to
//! forget.
//!
//! The reason of a refusal is logged, counted, and stands as a [`Rejection`](qrhook::Rejection) in the response's
//! extensions, where outer middleware can read it; the sender learns the status alone. Where the handler still runs, the
//! answer is an error that is made a response further out.
//!
//! Handlers that wait go on in local tasks, so a test needs actix's runtime: `#[actix_web::test]`.
//!
//! # Serving
//!
//! `qrhook_actix::serve(listener, app).with_receiver(&receiver).await` is the server for a hook, behind the feature
//! `serve`: an `HttpServer` over HTTP/1.1 that ends without losing an event. It takes a `std::net::TcpListener` and the
//! closure that you would give to `HttpServer::new`. It speaks no TLS: platforms reach it through a proxy.
//!
//! | At the edge | What `serve` does |
//! | --- | --- |
//! | a client sends a whole request and closes at once, as PHP's `fsockopen`, `fwrite`, `fclose` do | the event is handled, also while the server ends |
//! | half a header | the first one of a connection is 408 after 5 s; one of more than 128 KiB is 431 |
//! | half a header after a finished request | actix does not limit its time; it holds one of the connections, and does not hold up the end |
//! | an idle connection | it may live for 75 s, longer than the usual proxies keep one |
//! | more connections than `with_max_connections`, 2,048 unless set | they wait until another one ends |
//! | too few file descriptors | the process's soft limit is raised as far as the connections need it |
//!
//! SIGTERM, Ctrl-C or the future of `with_shutdown` ends it, in the one order that loses nothing:
//!
//! 1. Connections that wait to be accepted are accepted, then the listener is closed. On Linux new connections are held
//!    back for that moment; elsewhere the listener is paused here, and closed with the workers. Where another process
//!    holds the listener too, `with_shared_listener` leaves it to the next instance, and nobody is refused.
//! 2. Open connections are finished. Every response says `Connection: close`. An idle connection stays open for five more
//!    seconds, because a client may just be sending a request on it.
//! 3. The named receivers are drained: running handlers finish, although their clients may be gone.
//! 4. The workers stop.
//!
//! All of it takes at most `with_drain_time`, 25 s unless set, and up to 3 s more for the workers. A second signal ends
//! the waiting at once. `Stopped` tells you what was left.
//!
//! What cannot be promised: a handler that is still running when its worker stops is dropped where it waits. Its claim
//! ends with the lease, and the sender's retry is handled. The next drain counts such handlers as
//! [`abandoned`](qrhook::receiver::Drained::abandoned).
//!
//! ## A server of your own
//!
//! Handlers are local tasks of actix's workers, so they end with the workers. `HttpServer` by itself stops in an order
//! that loses events: on SIGTERM it resets connections that it has not accepted, closes idle ones on which a request may
//! be arriving, and drops the handlers whose client is gone; on Ctrl-C it drops all of them. Its `ServerHandle::stop` does
//! the same, and `ServerHandle::pause` leaves clients waiting. So:
//!
//! - Turn off its signals with `disable_signals`, and catch SIGTERM and SIGINT yourself.
//! - Have the load balancer send new connections elsewhere first, since the listener cannot be closed alone.
//! - Then drain, then stop. A drain refuses new events of senders that retry, and serves the others.
//!
//! ```no_run
//! # use std::time::Duration;
//! # use actix_web::{App, HttpServer, rt};
//! # async fn run(receiver: qrhook::Receiver<qrhook::qrstudio::QrStudio>) -> std::io::Result<()> {
//! let server = HttpServer::new(|| App::new()).bind("127.0.0.1:8080")?.keep_alive(Duration::from_secs(75));
//! let server = server.disable_signals().shutdown_timeout(3).run();
//! let handle = server.handle();
//! let running = rt::spawn(server);
//! # async fn signal() {}
//! signal().await; // SIGTERM or SIGINT, when nobody connects any more
//! receiver.drain(Duration::from_secs(25)).await;
//! handle.stop(true).await; // the workers stop last
//! running.await?
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

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
