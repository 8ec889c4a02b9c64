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

/// A middleware that verifies and claims the deliveries of one hook, calls the inner service, and settles the claim.
///
/// The inner service is called once for each event. The delivery is in the request's extensions, where
/// [`Webhook`](crate::Webhook) reads it. The response settles the claim: a 2xx commits it, anything else releases it.
/// As soon as the inner service awaits something, it continues in a separate task on its worker, so it does not die
/// with the connection.
///
/// # Example
///
/// The middleware wraps a resource, a scope or a whole `App`.
///
/// ```
/// use actix_web::{App, HttpResponse, test, web};
/// use qrhook::{MemoryStore, Receiver, Rejection, Secrets, UnixTime, qrstudio::QrStudio, testing};
/// use qrhook_actix::WebhookMiddleware;
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
/// let on_event = web::resource("/qrstudio").route(web::post().to(HttpResponse::Ok));
/// let hook = on_event.wrap(WebhookMiddleware::new(receiver));
/// let app = test::init_service(App::new().service(hook)).await;
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
/// let first = test::call_service(&app, request()).await;
/// assert_eq!((first.status().as_u16(), first.response().extensions().get::<Rejection>()), (200, None));
///
/// // The platform sends the event again: 200, but the handler is not called.
/// let repeat = test::call_service(&app, request()).await;
/// assert_eq!(repeat.status(), 200);
/// assert_eq!(repeat.response().extensions().get(), Some(&Rejection::Duplicate { id_conflict: false }));
/// # Ok(())
/// # }
/// ```
pub struct WebhookMiddleware<P: Provider> {
    receiver: Receiver<P>,
    scope: Scope,
}

impl<P: Provider> WebhookMiddleware<P> {
    /// Creates a middleware for the hook of this receiver.
    pub fn new(receiver: Receiver<P>) -> Self {
        Self { receiver, scope: Scope::default() }
    }

    /// Wraps the task of every handler. `wrap` is called in the task of the request, so that it can pass on a context
    /// of the request, such as a task-local value.
    ///
    /// The handler starts in the request's task, or in a separate one if the store made it wait. As soon as it awaits
    /// something, it continues in the separate one. So a value that outer middleware keeps in the request's task may be
    /// there in a test with a memory store, and missing with a database. The request's extensions and its `tracing`
    /// span are always there, without this method.
    ///
    /// # Example
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
    /// // Outer middleware runs the request inside `REGION.scope(..)`.
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

/// A service that calls its inner service for verified deliveries only. Created by [`WebhookMiddleware`].
///
/// # Example
///
/// ```
/// use actix_web::{dev::{Service, Transform}, http::StatusCode, test};
/// use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
/// use qrhook_actix::{WebhookMiddleware, WebhookService};
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
/// let middleware = WebhookMiddleware::new(receiver);
/// let hook: WebhookService<_, QrStudio> = middleware.new_transform(test::ok_service()).await.unwrap();
///
/// let forged = test::TestRequest::post().set_payload("{}").to_srv_request();
/// assert_eq!(hook.call(forged).await?.status(), StatusCode::UNAUTHORIZED);
/// # Ok(())
/// # }
/// ```
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
                // The handler was not called, so the request is still here.
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

/// Turns a rejection into an error with the same response, for when the handler has taken the request.
///
/// A response would need the request as well, and a clone of it that is kept across the inner call makes actix-web
/// panic when the middleware wraps a whole `App`. `InternalError` does not fit either: it returns its response only
/// once.
fn error(rejection: Rejection) -> Error {
    ExtractError::Rejected(rejection).into()
}

/// Claims and handles a delivery. The request stays in its cell until the handler takes it.
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

/// Prepares the request for the inner service: the original bytes, or the form without its token.
fn prepare<P: Provider>(request: &mut ServiceRequest, delivery: Arc<Delivery<P>>, rewritten: bool) {
    let body = delivery.raw().clone();
    if rewritten {
        describe_form(request.headers_mut(), body.len());
    }
    request.extensions_mut().insert(delivery);
    request.set_payload(Payload::from(body));
}

/// Makes the headers match the rewritten body.
fn describe_form(headers: &mut HeaderMap, length: usize) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.remove(header::TRANSFER_ENCODING);
}
