//! Between actix-web's `http` 0.2 and the core's `http` 1: once, and in one place.

use actix_web::{
    HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
};
use http::{HeaderName, Method};
use qrhook::{
    Delivery, Headers, Provider, Receiver, Rejection, Verifier,
    receiver::adapter::{self, Accepted},
    verify::Found,
};

use crate::pieces::pieces;

/// Reads a request and verifies it.
pub(crate) async fn accept<P: Provider>(
    receiver: &Receiver<P>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Accepted<P>, Rejection> {
    adapter::accept(receiver, &method(request.method()), &RequestHeaders(request.headers()), pieces(payload)).await
}

/// Verifies a request, and nothing else.
pub(crate) async fn verify<P: Provider>(
    verifier: &Verifier<P>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Delivery<P>, Rejection> {
    adapter::verify(verifier, &method(request.method()), &RequestHeaders(request.headers()), pieces(payload)).await
}

/// A request's headers, as they are: repeats are kept, and nothing is copied.
struct RequestHeaders<'a>(&'a header::HeaderMap);

impl Headers for RequestHeaders<'_> {
    fn find(&self, name: &HeaderName) -> Found<'_> {
        Found::among(self.0.get_all(name.as_str()).map(header::HeaderValue::as_bytes))
    }
}

/// A request's method. One that the core cannot name is certainly none that it accepts.
fn method(method: &actix_web::http::Method) -> Method {
    Method::from_bytes(method.as_str().as_bytes()).unwrap_or(Method::TRACE)
}

/// A status of the core.
pub(crate) fn status(status: http::StatusCode) -> StatusCode {
    StatusCode::from_u16(status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The answer to a rejection, which is in its extensions for outer middleware.
pub(crate) fn response(rejection: &Rejection) -> HttpResponse {
    let (parts, text) = rejection.to_response().into_parts();
    let mut builder = HttpResponse::build(status(parts.status));
    for (name, value) in &parts.headers {
        builder.append_header((name.as_str(), value.as_bytes()));
    }
    let mut response = builder.body(text);
    response.extensions_mut().insert(rejection.clone());
    response
}
