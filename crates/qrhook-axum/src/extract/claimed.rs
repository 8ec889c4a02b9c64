//! An extractor that verifies and claims without a layer.

use std::{fmt, future::Future, marker::PhantomData, pin::pin, sync::Arc};

use axum_core::{
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use qrhook::{
    Delivery, Provider, Receiver,
    receiver::adapter::{Opened, accept},
};

use super::{FromState, Pick, Rejected};
use crate::{
    head::head,
    judge::judge,
    pieces::pieces,
    scope::{Scope, spawn},
};

/// An extractor that verifies and claims a delivery, for a handler without a layer.
///
/// An event that was handled before, or is being handled, does not reach the handler: the response is its rejection.
///
/// Settle the claim with [`handle`](Self::handle). A `Claimed` that is dropped without it, by the handler or because
/// the client hung up, releases its event for the sender's next attempt. For a sender that may not try again, such as
/// QR Planet, prefer [`WebhookLayer`](crate::WebhookLayer), which leaves no such gap.
///
/// Route every method to it (`any`). It rejects every method except `POST`, with a 405 and `Allow: POST`.
///
/// The [`Receiver`] comes from the state, by `FromRef` or your own [`Pick`].
///
/// # Example
///
/// ```
/// use axum::{Router, body::Body, http::{Request, StatusCode}, response::Response, routing::any};
/// use qrhook::{MemoryStore, Receiver, Secrets, UnixTime, qrstudio::QrStudio, testing};
/// use qrhook_axum::Claimed;
/// use tower::ServiceExt;
///
/// async fn on_event(claimed: Claimed<QrStudio>) -> Response {
///     claimed.handle(|delivery| async move {
///         println!("{:?}", delivery.event().payload);
///         StatusCode::NO_CONTENT
///     }).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
/// let app = Router::new().route("/qrstudio", any(on_event)).with_state(receiver);
///
/// let event = r#"{"type":"scan.created","id":"evt_1","data":{}}"#;
/// let signed = testing::sign::<QrStudio>("whsec_test", event, UnixTime::now());
/// let request = || {
///     let mut request = Request::post("/qrstudio").body(Body::from(signed.body.clone())).unwrap();
///     *request.headers_mut() = signed.headers.clone();
///     request
/// };
/// assert_eq!(app.clone().oneshot(request()).await?.status(), StatusCode::NO_CONTENT);
/// assert_eq!(app.oneshot(request()).await?.status(), StatusCode::OK, "a duplicate");
/// # Ok(())
/// # }
/// ```
#[must_use = "the claim is settled by `handle`"]
pub struct Claimed<P: Provider, H = FromState>(Opened<P>, PhantomData<fn() -> H>);

impl<P: Provider, H> Claimed<P, H> {
    /// Returns the delivery, before it is handled.
    pub fn delivery(&self) -> &Arc<Delivery<P>> {
        self.0.delivery()
    }

    /// Runs the work and settles the claim: a 2xx commits it, anything else releases it.
    ///
    /// As soon as the work awaits something, it continues in a separate task, so it does not die with the connection.
    /// At the deadline the response is a 503, and the work continues. Time spent before this call counts towards the
    /// lease.
    pub async fn handle<W, A>(self, work: impl FnOnce(Arc<Delivery<P>>) -> W + Send + 'static) -> Response
    where
        W: Future<Output = A> + Send,
        A: IntoResponse,
    {
        let receiver = self.0.receiver().clone();
        let (work, reply) =
            self.0.handle(|delivery| async move { judge(&receiver, work(delivery).await.into_response()) });
        reply
            .wait(Scope::default().task(work), spawn)
            .await
            .unwrap_or_else(|rejection| Rejected(rejection).into_response())
    }
}

impl<P: Provider, H: Pick<S, Receiver<P>>, S: Send + Sync> FromRequest<S> for Claimed<P, H> {
    type Rejection = Rejected;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let receiver = H::pick(state);
        let (parts, body) = request.into_parts();
        let accepted = accept(&receiver, head(&parts), pieces(pin!(body))).await.map_err(Rejected)?;
        let (work, reply) = accepted.open();
        // In a task, because a client that hangs up must not leave a claim that is never settled.
        let opened = reply.wait(Scope::default().task(work), spawn).await.map_err(Rejected)?;
        Ok(Self(opened, PhantomData))
    }
}

impl<P: Provider, H> fmt::Debug for Claimed<P, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed").field("delivery", self.delivery()).finish_non_exhaustive()
    }
}
