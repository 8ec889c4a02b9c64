//! The steps, for an adapter to a web framework. Programs that use one of this project's adapters need nothing of it.
//!
//! ```text
//! accept   read (bounded), verify, decode      -> a verified delivery, or a rejection
//! open     claim                               -> a delivery that is ours to handle, or a rejection
//! handle   claim, run the handler, settle      -> the answer, or a rejection
//! ```
//!
//! An adapter translates types and does three things: it gives [`accept`] the pieces of the body as they arrive; it waits
//! for the [`Reply`] to the work of [`Accepted::handle`] (or of [`Accepted::open`] and then [`Opened::handle`]), and spawns
//! what is left of that work where it has to wait, so that a handler does not die with its client; and it asks [`judge`]
//! what the handler's response means. A [`Rejection`](crate::Rejection) is answered by its
//! [`to_response`](crate::Rejection::to_response).
//!
//! ```
//! use std::task::Poll;
//!
//! use http::{HeaderMap, Method, StatusCode};
//! use qrhook::{MemoryStore, Receiver, Rejection, Secrets, UnixTime, qrstudio::QrStudio, testing};
//! use qrhook::receiver::adapter::{Answer, accept, judge};
//!
//! /// One request, as a framework without any types of its own would answer it.
//! async fn respond(receiver: &Receiver<QrStudio>, headers: HeaderMap, body: bytes::Bytes) -> Result<u16, Rejection> {
//!     let mut body = Some(body);
//!     let accepted = accept(receiver, &Method::POST, &headers, |_| Poll::Ready(body.take().map(Ok))).await?;
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
