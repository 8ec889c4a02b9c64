//! An extractor that verifies and claims by itself.

use std::{fmt, future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, body::MessageBody, dev::Payload};
use qrhook::{Delivery, Provider, Receiver, receiver::adapter::Opened};

use super::{ExtractError, FromAppData, Pick, pick::picked};
use crate::{
    convert::{self, accept},
    judge::judge,
    scope::{Scope, spawn},
};

/// A delivery that was verified and claimed by this extractor, for a handler without a middleware. A duplicate is
/// answered by its rejection. The [`Receiver`] comes from `app_data`, or by a
/// [`Pick`] of yours.
///
/// The claim is settled by [`handle`](Self::handle). A `Claimed` that is dropped without it, because the client hung up
/// in between or the handler has decided so, releases its event for the sender's next try. A sender that may not try
/// again, as QR Planet, is better served by [`WebhookMiddleware`](crate::WebhookMiddleware), where there is nothing in
/// between.
///
/// Route every method to it (`web::to`): what is not a `POST` is 405 then, with `Allow`. Behind `web::post()` it would be
/// actix's 404.
#[must_use = "the claim is settled by `handle`"]
pub struct Claimed<P: Provider, H = FromAppData> {
    opened: Opened<P>,
    request: HttpRequest,
    picked: PhantomData<fn() -> H>,
}

impl<P: Provider, H> Claimed<P, H> {
    /// The delivery, before it is handled.
    pub fn delivery(&self) -> &Arc<Delivery<P>> {
        self.opened.delivery()
    }

    /// Runs the work and settles the claim: a 2xx commits, everything else releases.
    ///
    /// As soon as the work waits for something, it goes on in a task of its own on this worker, so it does not die with the
    /// connection; at the deadline the answer is 503, and the work goes on. What was done before this call counts towards the lease.
    pub async fn handle<W, A>(self, work: impl FnOnce(Arc<Delivery<P>>) -> W + 'static) -> HttpResponse
    where
        W: Future<Output = A>,
        A: Responder + 'static,
        A::Body: MessageBody + 'static,
    {
        let Self { opened, request, .. } = self;
        let receiver = opened.receiver().clone();
        let handler =
            |delivery| async move { judge(&receiver, work(delivery).await.respond_to(&request).map_into_boxed_body()) };
        let (work, reply) = opened.handle(handler);
        reply.wait(Scope::default().task(work), spawn).await.unwrap_or_else(|rejection| convert::response(&rejection))
    }
}

impl<P: Provider, H: Pick<Receiver<P>>> FromRequest for Claimed<P, H> {
    type Error = ExtractError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let receiver: Receiver<P> = picked::<H, _>(&request)?;
            let accepted = accept(&receiver, &request, payload).await.map_err(ExtractError::Rejected)?;
            let (work, reply) = accepted.open();
            // A client that hangs up must not leave a claim that nobody settles.
            let opened = reply.wait(Scope::default().task(work), spawn).await.map_err(ExtractError::Rejected)?;
            Ok(Self { opened, request, picked: PhantomData })
        })
    }
}

impl<P: Provider, H> fmt::Debug for Claimed<P, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed").field("delivery", self.delivery()).finish_non_exhaustive()
    }
}
