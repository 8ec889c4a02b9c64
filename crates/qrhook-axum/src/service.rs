//! The service around the handler.

use std::{
    fmt,
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use axum_core::BoxError;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header, request::Parts};
use http_body::Body;
use http_body_util::Full;
use qrhook::{
    Delivery, Provider, Receiver, Rejection,
    receiver::adapter::{Answer, Handled, accept},
};
use tower_service::Service;

use crate::{
    ResponseBody,
    head::head,
    judge::judge,
    pieces::pieces,
    scope::{Scope, spawn},
};

/// A service that calls its inner service for verified deliveries only. Created by
/// [`WebhookLayer`](crate::WebhookLayer).
///
/// # Example
///
/// ```
/// use axum::{body::Body, http::{Request, StatusCode}, routing::post};
/// use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
/// use qrhook_axum::{WebhookLayer, WebhookService};
/// use tower::{Layer, ServiceExt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
/// let handler = post(|| async { StatusCode::NO_CONTENT }).with_state(());
/// let hook: WebhookService<_, QrStudio> = WebhookLayer::new(receiver).layer(handler);
///
/// let forged = Request::post("/qrstudio").body(Body::from("{}"))?;
/// assert_eq!(hook.oneshot(forged).await?.status(), StatusCode::UNAUTHORIZED);
/// # Ok(())
/// # }
/// ```
pub struct WebhookService<S, P: Provider> {
    inner: S,
    receiver: Receiver<P>,
    scope: Scope,
}

impl<S, P: Provider> WebhookService<S, P> {
    pub(crate) fn new(inner: S, receiver: Receiver<P>, scope: Scope) -> Self {
        Self { inner, receiver, scope }
    }
}

impl<S: fmt::Debug, P: Provider> fmt::Debug for WebhookService<S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookService")
            .field("inner", &self.inner)
            .field("receiver", &self.receiver)
            .finish_non_exhaustive()
    }
}

impl<S: Clone, P: Provider> Clone for WebhookService<S, P> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), receiver: self.receiver.clone(), scope: self.scope.clone() }
    }
}

impl<S, P, ReqBody, ResBody> Service<Request<ReqBody>> for WebhookService<S, P>
where
    S: Service<Request<Full<Bytes>>, Response = Response<ResBody>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    P: Provider,
    ReqBody: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    ResBody: Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<ResponseBody<ResBody>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // Only this instance is ready, so the call takes it and leaves the clone for the next one.
        let next = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, next);
        let (receiver, scope) = (self.receiver.clone(), self.scope.clone());
        Box::pin(async move {
            match answer(receiver, scope, inner, request).await {
                Ok(answer) => answer.map(|response| response.map(ResponseBody::inner)),
                Err(rejection) => Ok(rejection.to_response().map(ResponseBody::text)),
            }
        })
    }
}

async fn answer<S, P, ReqBody, ResBody>(
    receiver: Receiver<P>,
    scope: Scope,
    mut inner: S,
    request: Request<ReqBody>,
) -> Result<Result<Response<ResBody>, S::Error>, Rejection>
where
    S: Service<Request<Full<Bytes>>, Response = Response<ResBody>> + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    P: Provider,
    ReqBody: Body<Error: Into<BoxError>>,
    ResBody: Send + 'static,
{
    let (parts, body) = request.into_parts();
    let accepted = accept(&receiver, head(&parts), pieces(pin!(body))).await?;
    let rewritten = receiver.verifier().rewrites_body();
    let handler = move |delivery: Arc<Delivery<P>>| async move {
        match inner.call(verified(parts, delivery, rewritten)).await {
            Ok(response) => judge(&receiver, response).map(Ok),
            Err(error) => Answer::new(Err(error), Handled::Failed { status: None }),
        }
    };
    let (work, reply) = accepted.handle(handler);
    reply.wait(scope.task(work), spawn).await
}

/// Prepares the request for the inner service: the original bytes, or the form without its token.
fn verified<P: Provider>(mut parts: Parts, delivery: Arc<Delivery<P>>, rewritten: bool) -> Request<Full<Bytes>> {
    let body = delivery.raw().clone();
    if rewritten {
        describe_form(&mut parts.headers, body.len());
    }
    parts.extensions.insert(delivery);
    Request::from_parts(parts, Full::new(body))
}

/// Makes the headers match the rewritten body.
fn describe_form(headers: &mut HeaderMap, length: usize) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.remove(header::TRANSFER_ENCODING);
}
