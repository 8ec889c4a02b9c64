//! An extractor that verifies and claims by itself.

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
    judge::judge,
    pieces::pieces,
    scope::{Scope, spawn},
};

/// A delivery that was verified and claimed by this extractor, for a handler without a layer. A duplicate is answered
/// by its rejection.
///
/// The claim is settled by [`handle`](Self::handle). A `Claimed` that is dropped without it, because the client hung up
/// in between or the handler has decided so, releases its event for the sender's next try. A sender that may not try
/// again, as QR Planet, is better served by [`WebhookLayer`](crate::WebhookLayer), where there is nothing in between.
///
/// Route every method to it (`any`), and what is not a `POST` gets this project's 405 instead of the router's.
///
/// The receiver comes from the state, by `FromRef` or by a [`Pick`] of yours.
#[must_use = "the claim is settled by `handle`"]
pub struct Claimed<P: Provider, H = FromState>(Opened<P>, PhantomData<fn() -> H>);

impl<P: Provider, H> Claimed<P, H> {
    /// The delivery, before it is handled.
    pub fn delivery(&self) -> &Arc<Delivery<P>> {
        self.0.delivery()
    }

    /// Runs the work and settles the claim: a 2xx commits, everything else releases.
    ///
    /// As soon as the work waits for something, it goes on in a task of its own, so it does not die with the connection; at
    /// the deadline the answer is 503, and the work goes on. What was done before this call counts towards the lease.
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
        let accepted = accept(&receiver, &parts.method, &parts.headers, pieces(pin!(body))).await.map_err(Rejected)?;
        let (work, reply) = accepted.open();
        // A client that hangs up must not leave a claim that nobody settles.
        let opened = reply.wait(Scope::default().task(work), spawn).await.map_err(Rejected)?;
        Ok(Self(opened, PhantomData))
    }
}

impl<P: Provider, H> fmt::Debug for Claimed<P, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed").field("delivery", self.delivery()).finish_non_exhaustive()
    }
}
