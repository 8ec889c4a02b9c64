//! An extractor that verifies and claims by itself.

use std::{future::Future, sync::Arc};

use axum_core::{
    extract::{FromRef, FromRequest, Request},
    response::{IntoResponse, Response},
};
use qrhook::{
    Delivery, Provider, Receiver,
    receiver::{Host, Opened},
};

use super::Rejected;
use crate::{
    host::Tokio,
    read::read,
    task::{self, Reply},
};

/// A delivery that was verified and claimed by this extractor, for a handler without a layer. A duplicate is answered
/// by its rejection.
///
/// The claim is settled by [`handle`](Self::handle). A `Claimed` that is dropped without it keeps its event from
/// being handled until the lease is over, and the sender gets 503 for it.
///
/// Route every method to it (`any`), and what is not a `POST` gets this project's 405 instead of the router's.
#[derive(Debug)]
#[must_use = "the claim is settled by `handle`"]
pub struct Claimed<P: Provider>(Opened<P>);

impl<P: Provider> Claimed<P> {
    /// The delivery, before it is handled.
    pub fn delivery(&self) -> &Arc<Delivery<P>> {
        self.0.delivery()
    }

    /// Runs the work and settles the claim: a 2xx commits, everything else releases.
    ///
    /// The work runs in a task of its own, so it does not die with the connection; at the deadline the answer is 503,
    /// and the work goes on.
    pub async fn handle<W, A>(self, work: impl FnOnce(Arc<Delivery<P>>) -> W + Send + 'static) -> Response
    where
        W: Future<Output = A> + Send,
        A: IntoResponse,
    {
        let Self(opened) = self;
        let (receiver, started) = (opened.receiver().clone(), opened.started());
        let handler = |delivery| async move { task::settle(work(delivery).await.into_response()) };
        let run = |reply: Reply<_>| async move { opened.run(&Tokio, handler, |answer| reply.send(answer)).await };
        task::run(receiver, started, run).await.unwrap_or_else(|rejection| Rejected(rejection).into_response())
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
        let mut intake = receiver.begin(&parts.method, &parts.headers, Tokio.now()).map_err(Rejected)?;
        read(&mut intake, body).await.inspect_err(|rejection| receiver.log(rejection)).map_err(Rejected)?;
        let accepted = receiver.accept(intake).map_err(Rejected)?;
        accepted.open(&Tokio).await.map(Self).map_err(Rejected)
    }
}
