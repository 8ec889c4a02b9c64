//! An extractor that verifies and claims without a middleware.

use std::{fmt, future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, body::MessageBody, dev::Payload};
use qrhook::{Delivery, Provider, Receiver, receiver::adapter::Opened};

use super::{ExtractError, FromAppData, Pick, pick::picked};
use crate::{
    convert::{self, accept},
    judge::judge,
    scope::{Scope, spawn},
};

/// An extractor that verifies and claims a delivery, for a handler without a middleware.
///
/// An event that was handled before, or is being handled, does not reach the handler: the response is its rejection.
///
/// Settle the claim with [`handle`](Self::handle). A `Claimed` that is dropped without it, by the handler or because
/// the client hung up, releases its event for the sender's next attempt. For a sender that may not try again, such as
/// QR Planet, prefer [`WebhookMiddleware`](crate::WebhookMiddleware), which leaves no such gap.
///
/// Route every method to it (`web::to`). It rejects every method except `POST`, with a 405 and `Allow: POST`.
/// Behind `web::post()`, they would get actix's 404.
///
/// The [`Receiver`] comes from `app_data`, as it is or inside `Data`, or from your own [`Pick`].
///
/// # Example
///
/// ```
/// use actix_web::{App, HttpResponse, http::StatusCode, test, web};
/// use qrhook::{MemoryStore, Receiver, Secrets, UnixTime, qrstudio::QrStudio, testing};
/// use qrhook_actix::Claimed;
///
/// async fn on_event(claimed: Claimed<QrStudio>) -> HttpResponse {
///     claimed.handle(|delivery| async move {
///         println!("{:?}", delivery.event().payload);
///         HttpResponse::NoContent()
///     }).await
/// }
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
/// let app = test::init_service(App::new().app_data(receiver).route("/qrstudio", web::to(on_event))).await;
///
/// let event = r#"{"type":"scan.created","id":"evt_1","data":{}}"#;
/// let signed = testing::sign::<QrStudio>("whsec_test", event, UnixTime::now());
/// let request = || {
///     let mut request = test::TestRequest::post().uri("/qrstudio").set_payload(signed.body.clone());
///     for (name, value) in &signed.headers {
///         request = request.append_header((name.as_str(), value.as_bytes()));
///     }
///     request.to_request()
/// };
/// assert_eq!(test::call_service(&app, request()).await.status(), StatusCode::NO_CONTENT);
/// assert_eq!(test::call_service(&app, request()).await.status(), StatusCode::OK, "a duplicate");
/// # Ok(())
/// # }
/// ```
#[must_use = "the claim is settled by `handle`"]
pub struct Claimed<P: Provider, H = FromAppData> {
    opened: Opened<P>,
    request: HttpRequest,
    picked: PhantomData<fn() -> H>,
}

impl<P: Provider, H> Claimed<P, H> {
    /// Returns the delivery, before it is handled.
    pub fn delivery(&self) -> &Arc<Delivery<P>> {
        self.opened.delivery()
    }

    /// Runs the work and settles the claim: a 2xx commits it, anything else releases it.
    ///
    /// As soon as the work awaits something, it continues in a separate task on this worker, so it does not die with
    /// the connection. At the deadline the response is a 503, and the work continues. Time spent before this call
    /// counts towards the lease.
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
            // In a task, because a client that hangs up must not leave a claim that is never settled.
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
