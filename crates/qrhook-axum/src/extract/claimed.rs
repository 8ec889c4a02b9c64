//! An extractor that verifies and claims by itself.

use std::{fmt, future::Future, sync::Arc};

use axum_core::{
    extract::{FromRef, FromRequest, Request},
    response::{IntoResponse, Response},
};
use qrhook::{Delivery, Provider, Receiver, Rejection, receiver::Opened};
use tokio::runtime::Handle;

use super::Rejected;
use crate::{
    host::Tokio,
    read::accept,
    task::{self, Reply},
};

/// A delivery that was verified and claimed by this extractor, for a handler without a layer. A duplicate is answered
/// by its rejection.
///
/// The claim is settled by [`handle`](Self::handle). A `Claimed` that is dropped without it, because the client hung up
/// in between or the handler has decided so, releases its event for the sender's next try. A sender that may not try
/// again, as QR Planet, is better served by [`WebhookLayer`](crate::WebhookLayer), where there is nothing in between.
///
/// Route every method to it (`any`), and what is not a `POST` gets this project's 405 instead of the router's.
#[must_use = "the claim is settled by `handle`"]
pub struct Claimed<P: Provider> {
    delivery: Arc<Delivery<P>>,
    /// Taken by whoever settles it.
    opened: Option<Opened<P>>,
}

impl<P: Provider> Claimed<P> {
    /// The delivery, before it is handled.
    pub fn delivery(&self) -> &Arc<Delivery<P>> {
        &self.delivery
    }

    /// Runs the work and settles the claim: a 2xx commits, everything else releases.
    ///
    /// The work runs in a task of its own, so it does not die with the connection; at the deadline the answer is 503,
    /// and the work goes on. What was done before this call counts towards the lease.
    pub async fn handle<W, A>(mut self, work: impl FnOnce(Arc<Delivery<P>>) -> W + Send + 'static) -> Response
    where
        W: Future<Output = A> + Send,
        A: IntoResponse,
    {
        let Some(opened) = self.opened.take() else { return Rejected(Rejection::LeaseOver).into_response() };
        let (receiver, started) = (opened.receiver().clone(), opened.started());
        let judge = receiver.clone();
        let handler = |delivery| async move { task::settle(&judge, work(delivery).await.into_response()) };
        let run = |reply: Reply<_>| async move { opened.run(&Tokio, handler, |answer| drop(reply.send(answer))).await };
        task::run(&receiver, started, run).await.unwrap_or_else(|rejection| Rejected(rejection).into_response())
    }
}

impl<P: Provider> Drop for Claimed<P> {
    fn drop(&mut self) {
        // Without a runtime there is nobody to do it, and the lease ends by itself.
        if let (Some(opened), Ok(runtime)) = (self.opened.take(), Handle::try_current()) {
            runtime.spawn(async move { opened.release(&Tokio).await });
        }
    }
}

impl<P: Provider, S: Send + Sync> FromRequest<S> for Claimed<P>
where
    Receiver<P>: FromRef<S>,
{
    type Rejection = Rejected;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let receiver = Receiver::from_ref(state);
        let (parts, body) = request.into_parts();
        let accepted = accept(&receiver, &parts, body).await.map_err(Rejected)?;
        let started = accepted.started();
        // In a task, for a client that hangs up must not leave a claim behind that nobody settles.
        let open = |reply: Reply<_>| async move {
            if let Some(opened) = reply.send(accepted.open(&Tokio).await) {
                opened.release(&Tokio).await;
            }
        };
        let opened = task::run(&receiver, started, open).await.map_err(Rejected)?;
        Ok(Self { delivery: Arc::clone(opened.delivery()), opened: Some(opened) })
    }
}

impl<P: Provider> fmt::Debug for Claimed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}
