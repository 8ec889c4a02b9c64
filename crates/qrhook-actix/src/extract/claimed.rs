//! An extractor that verifies and claims by itself.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, body::MessageBody, dev::Payload};
use qrhook::{Delivery, Provider, Receiver, Rejection, receiver::Opened};
use tokio::runtime::Handle;

use super::{ExtractError, app_data};
use crate::{
    convert,
    host::Actix,
    read::accept,
    task::{self, Reply},
};

/// A delivery that was verified and claimed by this extractor, for a handler without a middleware. A duplicate is
/// answered by its rejection. The [`Receiver`] comes from `app_data`.
///
/// The claim is settled by [`handle`](Self::handle). A `Claimed` that is dropped without it, because the client hung up
/// in between or the handler has decided so, releases its event for the sender's next try. A sender that may not try
/// again, as QR Planet, is better served by [`WebhookMiddleware`](crate::WebhookMiddleware), where there is nothing in
/// between.
///
/// Route every method to it (`web::to`): what is not a `POST` is 405 then, with `Allow`. Behind `web::post()` it would be
/// actix's 404.
#[must_use = "the claim is settled by `handle`"]
pub struct Claimed<P: Provider> {
    delivery: Arc<Delivery<P>>,
    /// Taken by whoever settles it.
    opened: Option<Opened<P>>,
    request: HttpRequest,
}

impl<P: Provider> Claimed<P> {
    /// The delivery, before it is handled.
    pub fn delivery(&self) -> &Arc<Delivery<P>> {
        &self.delivery
    }

    /// Runs the work and settles the claim: a 2xx commits, everything else releases.
    ///
    /// The work runs in a task of its own on this worker, so it does not die with the connection; at the deadline the
    /// answer is 503, and the work goes on. What was done before this call counts towards the lease.
    pub async fn handle<W, A>(mut self, work: impl FnOnce(Arc<Delivery<P>>) -> W + 'static) -> HttpResponse
    where
        W: Future<Output = A>,
        A: Responder + 'static,
        A::Body: MessageBody + 'static,
    {
        let Some(opened) = self.opened.take() else { return convert::response(&Rejection::LeaseOver) };
        let (receiver, started, request) = (opened.receiver().clone(), opened.started(), self.request.clone());
        let judge = receiver.clone();
        let handler = |delivery| async move {
            task::settle(&judge, work(delivery).await.respond_to(&request).map_into_boxed_body())
        };
        let run = |reply: Reply<_>| async move { opened.run(&Actix, handler, |answer| drop(reply.send(answer))).await };
        task::run(&receiver, started, run).await.unwrap_or_else(|rejection| convert::response(&rejection))
    }
}

impl<P: Provider> Drop for Claimed<P> {
    fn drop(&mut self) {
        // On a worker that stops there is nobody to do it, and the lease ends by itself.
        if let (Some(opened), Ok(worker)) = (self.opened.take(), Handle::try_current()) {
            worker.spawn(async move { opened.release(&Actix).await });
        }
    }
}

impl<P: Provider> FromRequest for Claimed<P> {
    type Error = ExtractError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let receiver: Receiver<P> = app_data(&request)?;
            let opened = open(&receiver, &request, payload).await.map_err(ExtractError::Rejected)?;
            Ok(Self { delivery: Arc::clone(opened.delivery()), opened: Some(opened), request })
        })
    }
}

async fn open<P: Provider>(
    receiver: &Receiver<P>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Opened<P>, Rejection> {
    let accepted = accept(receiver, request, payload).await?;
    let started = accepted.started();
    // In a task, for a client that hangs up must not leave a claim behind that nobody settles.
    let open = |reply: Reply<_>| async move {
        if let Some(opened) = reply.send(accepted.open(&Actix).await) {
            opened.release(&Actix).await;
        }
    };
    task::run(receiver, started, open).await
}

impl<P: Provider> fmt::Debug for Claimed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}
