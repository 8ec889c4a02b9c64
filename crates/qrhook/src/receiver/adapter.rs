//! The steps of a receiver, for adapters to web frameworks. Programs that use one of this project's adapters do not
//! need this module.
//!
//! ```text
//! accept   read (bounded), verify, decode      -> a verified delivery, or a rejection
//! open     claim                               -> a claimed delivery, or a rejection
//! handle   claim, run the handler, settle      -> the response, or a rejection
//! ```
//!
//! An adapter translates types and does three things:
//!
//! - It passes the pieces of the body to [`accept`] as they arrive.
//! - It calls [`Accepted::handle`] (or [`Accepted::open`] and then [`Opened::handle`]) and waits for the [`Reply`] to
//!   the work. If the work does not finish at once, the adapter spawns the rest, so that a handler does not die with
//!   its client.
//! - It asks [`judge`] what the handler's response means for the event.
//!
//! A [`Rejection`](crate::Rejection) becomes a response with [`to_response`](crate::Rejection::to_response).
//!
//! # Example
//!
//! ```
//! use std::task::Poll;
//!
//! use http::{HeaderMap, Method, StatusCode};
//! use qrhook::{MemoryStore, Receiver, Rejection, Secrets, UnixTime, qrstudio::QrStudio, testing};
//! use qrhook::receiver::adapter::{Answer, accept, judge};
//! use qrhook::Head;
//!
//! /// Responds to one request, as an adapter for a framework without types of its own would.
//! async fn respond(receiver: &Receiver<QrStudio>, headers: HeaderMap, body: bytes::Bytes) -> Result<u16, Rejection> {
//!     let mut body = Some(body);
//!     let accepted = accept(receiver, Head::new(&Method::POST, &headers), |_| Poll::Ready(body.take().map(Ok))).await?;
//!     let judging = receiver.clone();
//!     let (work, reply) = accepted.handle(async move |delivery| {
//!         assert_eq!(delivery.id(), Some("evt_1"));
//!         let (status, handled) = judge(&judging, StatusCode::NO_CONTENT, None);
//!         Answer::new(status.as_u16(), handled)
//!     });
//!     let spawn = |rest| {
//!         tokio::spawn(rest);
//!     };
//!     reply.wait(Box::pin(work), spawn).await
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
//! let event = r#"{"type":"scan.created","id":"evt_1","created_at":"2026-05-09T14:01:23Z","data":{}}"#;
//! let signed = testing::sign::<QrStudio>("whsec_test", event, UnixTime::now());
//! assert_eq!(respond(&receiver, signed.headers.clone(), signed.body.clone()).await, Ok(204));
//! let repeated = respond(&receiver, signed.headers, signed.body).await;
//! assert_eq!(repeated, Err(Rejection::Duplicate { id_conflict: false }));
//! # Ok(())
//! # }
//! ```

pub use super::{
    accept::{Accepted, accept, verify},
    bounded_body::{Pieces, broken_body},
    handle::Opened,
    reply::Reply,
    status::{Answer, Handled, judge},
};
