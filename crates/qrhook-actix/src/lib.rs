//! QR-platform webhooks for actix-web: verified, typed, and delivered once.
//!
//! Most programs put [`WebhookMiddleware`] around the handler, read the delivery with [`Webhook`], and run the app with
//! [`serve()`]. There are three ways to get a delivery:
//!
//! | Type | What it does | Needs |
//! | --- | --- | --- |
//! | [`Webhook`] | reads the delivery that the middleware verified and claimed; the middleware settles the claim according to the handler's response | [`WebhookMiddleware`] around the handler |
//! | [`Claimed`] | an extractor that verifies **and** claims without a middleware; [`Claimed::handle`] runs the work and settles the claim | a [`Receiver`](qrhook::Receiver) in `app_data` |
//! | [`Verified`] | an extractor that checks the signature only: there is no store, so repeats reach the handler | a [`Verifier`](qrhook::Verifier) in `app_data` |
//!
//! # Example
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
//! # Guarantees for a handler
//!
//! - It is called for verified deliveries only, and once for each event.
//! - As soon as it awaits something, it continues in a separate task on its worker. It is not stopped when its client
//!   hangs up or a deadline passes, only at its limit of 20 s or when its worker stops. [`serve()`] waits for it. With
//!   your own server, call [`Receiver::drain`](qrhook::Receiver::drain); see [Serving](#serving).
//! - It must yield. Code that blocks its thread also delays the response and cannot be stopped, nor can work that it
//!   moves elsewhere (`spawn`, `spawn_blocking`). When the lease of 30 s is over, the event may be handled again while
//!   such work is still running.
//! - Its response decides. A 2xx commits the event. Any other status, an error or a panic releases the event, and the
//!   sender's retry is delivered again. A 3xx or 410 becomes 500.
//! - It sees the original bytes. A QR Planet form arrives without its token, url-encoded, with matching headers.
//!
//! Actix's own extractors read the body again and have limits of their own: `web::Bytes` and `web::Json` accept 256 KiB
//! unless a `PayloadConfig` or `JsonConfig` allows more, and CodeQR sends up to 2 MiB. `delivery.raw()` has no such
//! limit.
//!
//! The reason for a refusal is logged, counted, and stored as a [`Rejection`](qrhook::Rejection) in the response's
//! extensions, where outer middleware can read it. The sender learns only the status. If the handler is still running,
//! the middleware returns an error instead, and actix turns it into the response further out.
//!
//! Handlers that await something continue in local tasks, so a test needs actix's runtime: `#[actix_web::test]`.
//!
//! # Serving
//!
//! `qrhook_actix::serve(listener, app).with_receiver(&receiver).await` runs a server made for webhooks, behind the
//! feature `serve`. It is an `HttpServer` that speaks HTTP/1.1 and ends without losing an event. It takes a
//! `std::net::TcpListener` and the closure that you would pass to `HttpServer::new`. It does not speak TLS: platforms
//! reach it through a proxy.
//!
//! | Case | Behaviour of [`serve()`] |
//! | --- | --- |
//! | a client sends a complete request and closes at once, as PHP's `fsockopen`, `fwrite`, `fclose` do | the event is handled, even while the server ends |
//! | an incomplete header | the first one on a connection gets a 408 after 5 s; a header of more than 128 KiB gets a 431 |
//! | an incomplete header after a finished request | actix does not limit its time; it occupies one connection, and does not delay the end |
//! | an idle connection | it may stay open for 75 s, longer than common proxies keep one |
//! | more connections than [`Serve::with_max_connections`] | they wait until another one ends |
//! | too few file descriptors | the process's soft limit is raised as far as the connections need it |
//!
//! SIGTERM, Ctrl-C or the future of [`Serve::with_shutdown`] shuts the server down, in an order that loses no events:
//!
//! 1. Pending connections are accepted, then the listener is closed. On Linux, new connections are held back during
//!    that moment; elsewhere, the listener is paused at this point, and closed with the workers. If another process
//!    holds the listener too, [`Serve::with_shared_listener`] leaves it to the next instance, and no client is refused.
//! 2. Open connections are finished. Every response carries `Connection: close`. An idle connection stays open for five
//!    more seconds, because its client may be sending a request.
//! 3. The receivers passed to [`Serve::with_receiver`] are drained: running handlers finish, even if their clients are
//!    gone.
//! 4. The workers stop.
//!
//! All of this takes at most the [drain time](Serve::with_drain_time), 25 s by default, and up to 3 s more for the
//! workers. A second signal ends the wait immediately. [`Stopped`] reports the unfinished work.
//!
//! One limit remains: a handler that is still running when its worker stops is dropped in the middle. Its claim
//! ends with the lease, and the sender's retry is then handled. The next drain counts such handlers as
//! [`abandoned`](qrhook::receiver::Drained::abandoned).
//!
//! ## Your own server
//!
//! Handlers are local tasks of actix's workers, so they end with the workers. `HttpServer` on its own stops in an order
//! that loses events. On SIGTERM it resets the connections that it has not accepted, closes idle ones on which a
//! request may be arriving, and drops the handlers whose client is gone; on Ctrl-C it drops all handlers.
//! `ServerHandle::stop` does the same, and `ServerHandle::pause` leaves clients waiting. So:
//!
//! - Turn off its signals with `disable_signals`, and catch SIGTERM and SIGINT yourself.
//! - Have the load balancer send new connections elsewhere first, because the listener cannot be closed alone.
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
//! signal().await; // SIGTERM or SIGINT, after the load balancer has stopped sending connections
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
