//! The extractors: three ways to a delivery.

mod claimed;
mod pick;
mod verified;
mod webhook;

use std::fmt;

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode};
use qrhook::Rejection;

pub use self::{
    claimed::Claimed,
    pick::{FromAppData, Pick},
    verified::Verified,
    webhook::Webhook,
};
use crate::convert;

/// Why an extractor gave no delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExtractError {
    /// The request was rejected; this is its answer. Also for a handler that claims by itself.
    Rejected(Rejection),
    /// There is no delivery to read, because the middleware does not stand in front of the handler: 500.
    MissingMiddleware {
        /// The sender that the middleware was expected for.
        provider: &'static str,
    },
    /// There is no receiver or verifier among the application's data: 500.
    MissingData {
        /// The type that was looked for.
        data: &'static str,
    },
}

impl ExtractError {
    /// Says so in the log: it is a mistake in the program, and only its author can do something about it.
    fn logged(self, request: &HttpRequest) -> Self {
        tracing::error!(path = request.path(), "{self}");
        self
    }
}

impl fmt::Display for ExtractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejection) => rejection.fmt(f),
            Self::MissingMiddleware { provider } => write!(
                f,
                "`Webhook<{provider}>` found no delivery: is `WebhookMiddleware<{provider}>` around this handler?"
            ),
            Self::MissingData { data } => write!(f, "`{data}` is not in the `app_data` of this application"),
        }
    }
}

impl std::error::Error for ExtractError {}

impl From<Rejection> for ExtractError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl ResponseError for ExtractError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Rejected(rejection) => convert::status(rejection.status()),
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Rejected(rejection) => convert::response(rejection),
            _ => HttpResponse::InternalServerError().body("internal error\n"),
        }
    }
}
