//! Conversions between actix-web's `http` 0.2 and the core's `http` 1, all in one place.

use actix_web::{
    HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
};
use http::{HeaderName, Method};
use qrhook::{
    Delivery, Headers, Provider, Receiver, Rejection, Verifier,
    receiver::adapter::{self, Accepted},
    verify::{Found, Head},
};

use crate::pieces::pieces;

/// Reads and verifies a request.
pub(crate) async fn accept<P: Provider>(
    receiver: &Receiver<P>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Accepted<P>, Rejection> {
    let (method, headers) = (method(request.method()), RequestHeaders(request.headers()));
    adapter::accept(receiver, head(request, &method, &headers), pieces(payload)).await
}

/// Verifies a request, without a receiver.
pub(crate) async fn verify<P: Provider>(
    verifier: &Verifier<P>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Delivery<P>, Rejection> {
    let (method, headers) = (method(request.method()), RequestHeaders(request.headers()));
    adapter::verify(verifier, head(request, &method, &headers), pieces(payload)).await
}

fn head<'a>(
    request: &'a HttpRequest,
    method: &'a Method,
    headers: &'a RequestHeaders<'a>,
) -> Head<'a, RequestHeaders<'a>> {
    let authority = request.uri().authority().map(|authority| authority.as_str());
    Head::new(method, headers).with_path(request.path()).with_authority(authority)
}

/// The request's own headers: repeats are kept, and nothing is copied.
struct RequestHeaders<'a>(&'a header::HeaderMap);

impl Headers for RequestHeaders<'_> {
    fn find(&self, name: &HeaderName) -> Found<'_> {
        Found::among(self.0.get_all(name.as_str()).map(header::HeaderValue::as_bytes))
    }
}

/// Converts a method. If the core's `http` cannot represent it, any method that the core refuses will do.
fn method(method: &actix_web::http::Method) -> Method {
    Method::from_bytes(method.as_str().as_bytes()).unwrap_or(Method::TRACE)
}

/// Converts a status of the core.
pub(crate) fn status(status: http::StatusCode) -> StatusCode {
    StatusCode::from_u16(status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The response to a rejection, with the rejection in its extensions for outer middleware.
pub(crate) fn response(rejection: &Rejection) -> HttpResponse {
    let (parts, text) = rejection.to_response().into_parts();
    let mut builder = HttpResponse::build(status(parts.status));
    for (name, value) in &parts.headers {
        builder.append_header((name.as_str(), value.as_bytes()));
    }
    if rejection.is_unproven() {
        builder.force_close();
    }
    let mut response = builder.body(text);
    response.extensions_mut().insert(rejection.clone());
    response
}
