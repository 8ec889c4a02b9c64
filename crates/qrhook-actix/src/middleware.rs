//! The middleware.

use std::{
    cell::Cell,
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
    rt,
};
use qrhook::{
    Delivery, Provider, Receiver, Rejection,
    receiver::adapter::{Accepted, Answer, Handled},
};
use tracing::Instrument;

use crate::{
    ExtractError,
    convert::{self, accept},
    judge::{judge, judge_error},
};

/// Verifies, deduplicates and settles the deliveries of one hook, around a resource, a scope or a whole `App`.
///
/// What it wraps is called once for each event, with the delivery in the request's extensions, where
/// [`Webhook`](crate::Webhook) reads it. The answer settles the event: a 2xx commits, everything else releases. The
/// handler runs in a task of its own on its worker, so it does not die with the connection.
#[derive(Debug)]
pub struct WebhookMiddleware<P: Provider> {
    receiver: Receiver<P>,
}

impl<P: Provider> WebhookMiddleware<P> {
    /// A middleware in front of the handler of this receiver's hook.
    pub fn new(receiver: Receiver<P>) -> Self {
        Self { receiver }
    }
}

impl<P: Provider> Clone for WebhookMiddleware<P> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone() }
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
        ready(Ok(WebhookService { inner: Rc::new(inner), receiver: self.receiver.clone() }))
    }
}

/// A service that is called for verified deliveries only. Made by [`WebhookMiddleware`].
#[derive(Debug)]
pub struct WebhookService<S, P: Provider> {
    inner: Rc<S>,
    receiver: Receiver<P>,
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
        let (inner, receiver) = (Rc::clone(&self.inner), self.receiver.clone());
        Box::pin(async move {
            let payload = request.take_payload();
            let accepted = match accept(&receiver, request.request(), payload).await {
                Ok(accepted) => accepted,
                Err(rejection) => return Ok(refuse(request, &rejection)),
            };
            let request = Rc::new(Cell::new(Some(request)));
            match handle(inner, accepted, Rc::clone(&request)).await {
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

/// Claims and handles in a task of its own. The request waits in its place until the handler takes it.
async fn handle<S, P, B>(
    inner: Rc<S>,
    accepted: Accepted<P>,
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
            return Answer { response: Err(error), handled: Handled::Failed { status: None } };
        };
        prepare(&mut request, delivery, receiver.verifier().rewrites_body());
        match inner.call(request).await {
            Ok(response) => {
                let (request, response) = response.into_parts();
                let Answer { response, handled } = judge(&receiver, response);
                Answer { response: Ok(ServiceResponse::new(request, response)), handled }
            }
            Err(error) => {
                let Answer { response, handled } = judge_error(&receiver, error);
                Answer { response: Err(response), handled }
            }
        }
    };
    let (work, reply) = accepted.handle(handler);
    // Nobody awaits the task: the receiver counts it, and a drain waits for it.
    rt::spawn(work.in_current_span());
    reply.wait().await
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
