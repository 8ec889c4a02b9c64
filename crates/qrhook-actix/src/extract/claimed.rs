//! An extractor that verifies and claims by itself.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::{BoxBody, MessageBody},
    dev::Payload,
};
use qrhook::{
    Delivery, Provider, Receiver,
    receiver::{Host, Opened},
};

use super::{ExtractError, app_data};
use crate::{
    convert::{self, RequestHeaders},
    host::Actix,
    read::read,
    task::{self, Reply},
};

/// A delivery that was verified and claimed by this extractor, for a handler without a middleware. A duplicate is
/// answered by its rejection. The [`Receiver`] comes from `app_data`.
///
/// The claim is settled by [`handle`](Self::handle). A `Claimed` that is dropped without it keeps its event from
/// being handled until the lease is over, and the sender gets 503 for it.
///
/// Route every method to it (`web::to`): what is not a `POST` is 405 then, with `Allow`. Behind `web::post()` it would be
/// actix's 404.
#[derive(Debug)]
#[must_use = "the claim is settled by `handle`"]
pub struct Claimed<P: Provider> {
    opened: Opened<P>,
    request: HttpRequest,
}

impl<P: Provider> Claimed<P> {
    /// The delivery, before it is handled.
    pub fn delivery(&self) -> &Arc<Delivery<P>> {
        self.opened.delivery()
    }

    /// Runs the work and settles the claim: a 2xx commits, everything else releases.
    ///
    /// The work runs in a task of its own on this worker, so it does not die with the connection; at the deadline the
    /// answer is 503, and the work goes on.
    pub async fn handle<W, A>(self, work: impl FnOnce(Arc<Delivery<P>>) -> W + 'static) -> HttpResponse
    where
        W: Future<Output = A>,
        A: Responder + 'static,
        A::Body: MessageBody + 'static,
    {
        let Self { opened, request } = self;
        let (receiver, started) = (opened.receiver().clone(), opened.started());
        let handler = |delivery| async move {
            let response = work(delivery).await.respond_to(&request).map_into_boxed_body();
            let status = response.status();
            task::settle(response, status, |response: &mut HttpResponse<BoxBody>, status| {
                *response.status_mut() = status
            })
        };
        let run = |reply: Reply<_>| async move { opened.run(&Actix, handler, |answer| reply.send(answer)).await };
        task::run(receiver, started, run).await.unwrap_or_else(|rejection| convert::response(&rejection))
    }
}

impl<P: Provider> FromRequest for Claimed<P> {
    type Error = ExtractError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let receiver: Receiver<P> = app_data(&request)?;
            let opened = open(receiver, &request, payload).await.map_err(ExtractError::Rejected)?;
            Ok(Self { opened, request })
        })
    }
}

async fn open<P: Provider>(
    receiver: Receiver<P>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Opened<P>, qrhook::Rejection> {
    let method = convert::method(request.method());
    let mut intake = receiver.begin(&method, RequestHeaders(request.headers()), Actix.now())?;
    read(&mut intake, payload).await.inspect_err(|rejection| receiver.log(rejection))?;
    receiver.accept(intake)?.open(&Actix).await
}
