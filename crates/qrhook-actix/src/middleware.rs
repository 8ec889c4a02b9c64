//! The middleware.

use std::{
    cell::Cell,
    fmt,
    future::{Future, Ready, ready},
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage,
    body::{EitherBody, MessageBody},
    dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform},
    error::ErrorInternalServerError,
    http::header::{self, HeaderMap, HeaderValue},
};
use qrhook::{
    Delivery, Provider, Receiver, Rejection,
    receiver::adapter::{Accepted, Answer, Handled},
};

use crate::{
    ExtractError,
    convert::{self, accept},
    judge::{judge, judge_error},
    scope::{HandlerTask, Scope, spawn},
};

/// Verifies, deduplicates and settles the deliveries of one hook, around a resource, a scope or a whole `App`.
///
/// What it wraps is called once for each event, with the delivery in the request's extensions, where
/// [`Webhook`](crate::Webhook) reads it. The answer settles the event: a 2xx commits, everything else releases. As soon as
/// the handler waits for something, it goes on in a task of its own on its worker, so it does not die with the connection.
pub struct WebhookMiddleware<P: Provider> {
    receiver: Receiver<P>,
    scope: Scope,
}

impl<P: Provider> WebhookMiddleware<P> {
    /// A middleware in front of the handler of this receiver's hook.
    pub fn new(receiver: Receiver<P>) -> Self {
        Self { receiver, scope: Scope::default() }
    }

    /// Wraps the task of every handler. Called in the task of the request, so that it can carry a context of the request
    /// along, such as a task-local value.
    ///
    /// The handler starts in the request's task or in one of its own, depending on whether the store had to wait, and goes on
    /// in its own as soon as it waits. So a value that outer middleware keeps in the request's task may be there in a test
    /// with a memory store, and missing with a database. The request's extensions and its `tracing` span are always there:
    /// they need none of this.
    ///
    /// ```
    /// # use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
    /// # use qrhook_actix::WebhookMiddleware;
    /// tokio::task_local! {
    ///     static REGION: &'static str;
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
    /// // Outer middleware runs the request inside of `REGION.scope(..)`.
    /// let hook = WebhookMiddleware::new(receiver).with_scope(|task| match REGION.try_with(|region| *region) {
    ///     Ok(region) => Box::pin(REGION.scope(region, task)),
    ///     Err(_) => task,
    /// });
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_scope(self, wrap: impl Fn(HandlerTask) -> HandlerTask + Send + Sync + 'static) -> Self {
        Self { scope: Scope::new(wrap), ..self }
    }
}

impl<P: Provider> fmt::Debug for WebhookMiddleware<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookMiddleware").field("receiver", &self.receiver).finish_non_exhaustive()
    }
}

impl<P: Provider> Clone for WebhookMiddleware<P> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone(), scope: self.scope.clone() }
    }
}

impl<S, P, B> Transform<S, ServiceRequest> for WebhookMiddleware<P>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    P: Provider,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = WebhookService<S, P>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, Self::InitError>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        let (receiver, scope) = (self.receiver.clone(), self.scope.clone());
        ready(Ok(WebhookService { inner: Rc::new(inner), receiver, scope }))
    }
}

/// A service that is called for verified deliveries only. Made by [`WebhookMiddleware`].
pub struct WebhookService<S, P: Provider> {
    inner: Rc<S>,
    receiver: Receiver<P>,
    scope: Scope,
}

impl<S, P: Provider> fmt::Debug for WebhookService<S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookService").field("receiver", &self.receiver).finish_non_exhaustive()
    }
}

impl<S, P, B> Service<ServiceRequest> for WebhookService<S, P>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    P: Provider,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>>>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let (inner, receiver, scope) = (Rc::clone(&self.inner), self.receiver.clone(), self.scope.clone());
        Box::pin(async move {
            let payload = request.take_payload();
            let accepted = match accept(&receiver, request.request(), payload).await {
                Ok(accepted) => accepted,
                Err(rejection) => return Ok(refuse(request, &rejection)),
            };
            let request = Rc::new(Cell::new(Some(request)));
            match handle(inner, accepted, &scope, Rc::clone(&request)).await {
                Ok(answer) => answer.map(ServiceResponse::map_into_left_body),
                // A claim that was refused has left the request where it was.
                Err(rejection) if rejection.is_before_the_handler() => match request.take() {
                    Some(request) => Ok(refuse(request, &rejection)),
                    None => Err(error(rejection)),
                },
                Err(rejection) => Err(error(rejection)),
            }
        })
    }
}

/// A refusal as a response, so that outer middleware sees it as one.
fn refuse<B>(request: ServiceRequest, rejection: &Rejection) -> ServiceResponse<EitherBody<B>> {
    request.into_response(convert::response(rejection)).map_into_right_body()
}

/// A rejection as an error that is this answer, for when the handler has the request.
///
/// A response would need the request as well, and a clone of it that is kept across the inner call makes actix-web panic
/// when the middleware wraps a whole `App`. Not `InternalError`, which gives its response to whoever asks first.
fn error(rejection: Rejection) -> Error {
    ExtractError::Rejected(rejection).into()
}

/// Claims and handles. The request waits in its place until the handler takes it.
async fn handle<S, P, B>(
    inner: Rc<S>,
    accepted: Accepted<P>,
    scope: &Scope,
    request: Rc<Cell<Option<ServiceRequest>>>,
) -> Result<Result<ServiceResponse<B>, Error>, Rejection>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    P: Provider,
    B: 'static,
{
    let receiver = accepted.receiver().clone();
    let handler = move |delivery: Arc<Delivery<P>>| async move {
        let Some(mut request) = request.take() else {
            let error = ErrorInternalServerError("internal error");
            return Answer::new(Err(error), Handled::Failed { status: None });
        };
        prepare(&mut request, delivery, receiver.verifier().rewrites_body());
        match inner.call(request).await {
            Ok(response) => {
                let (request, response) = response.into_parts();
                judge(&receiver, response).map(|response| Ok(ServiceResponse::new(request, response)))
            }
            Err(error) => judge_error(&receiver, error).map(Err),
        }
    };
    let (work, reply) = accepted.handle(handler);
    reply.wait(scope.task(work), spawn).await
}

/// The request as the handler sees it: the identical bytes, or the form without its token.
fn prepare<P: Provider>(request: &mut ServiceRequest, delivery: Arc<Delivery<P>>, rewritten: bool) {
    let body = delivery.raw().clone();
    if rewritten {
        describe_form(request.headers_mut(), body.len());
    }
    request.extensions_mut().insert(delivery);
    request.set_payload(Payload::from(body));
}

/// Makes the headers say what the body is now.
fn describe_form(headers: &mut HeaderMap, length: usize) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.remove(header::TRANSFER_ENCODING);
}
