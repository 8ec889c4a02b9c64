//! The effect of a handler's response on its event.

use actix_web::{
    Error, HttpResponse,
    error::ErrorInternalServerError,
    http::{StatusCode, header},
};
use qrhook::{
    Provider, Receiver, Rejection,
    receiver::adapter::{self, Answer, Handled},
};

use crate::{ExtractError, convert};

pub(crate) fn judge<P: Provider, B>(receiver: &Receiver<P>, mut response: HttpResponse<B>) -> Answer<HttpResponse<B>> {
    let rejection = response.extensions().get::<Rejection>().cloned();
    let (status, handled) = decide(receiver, response.status(), rejection.as_ref());
    if status != response.status() {
        *response.status_mut() = status;
        response.headers_mut().remove(header::LOCATION);
    }
    Answer::new(response, handled)
}

/// Judges a handler's error. The error becomes the response, unless the sender must not see its status. An error with a
/// 2xx contradicts itself: the handler failed, so the sender must retry.
pub(crate) fn judge_error<P: Provider>(receiver: &Receiver<P>, error: Error) -> Answer<Error> {
    let rejection = match error.as_error() {
        Some(ExtractError::Rejected(rejection)) => Some(rejection),
        _ => None,
    };
    let status = error.as_response_error().status_code();
    match decide(receiver, status, rejection) {
        (same, handled @ (Handled::Failed { .. } | Handled::Rejected(_))) if same == status => {
            Answer::new(error, handled)
        }
        _ => {
            let status = Some(http::StatusCode::INTERNAL_SERVER_ERROR);
            Answer::new(ErrorInternalServerError("internal error"), Handled::Failed { status })
        }
    }
}

fn decide<P: Provider>(
    receiver: &Receiver<P>,
    status: StatusCode,
    rejection: Option<&Rejection>,
) -> (StatusCode, Handled) {
    let status = http::StatusCode::from_u16(status.as_u16()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let (status, handled) = adapter::judge(receiver, status, rejection);
    (convert::status(status), handled)
}
