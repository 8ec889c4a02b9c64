//! The extractors: three ways to get a delivery.

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

/// The reason why an extractor returned no delivery, as a response.
///
/// A handler that makes its own claims can also return its rejections as this type.
///
/// # Example
///
/// A handler that takes a `Result` sees the reason before it responds:
///
/// ```
/// use actix_web::{App, HttpResponse, http::StatusCode, test, web};
/// use qrhook::{Secrets, Verifier, qrstudio::QrStudio};
/// use qrhook_actix::{ExtractError, Verified};
///
/// async fn on_event(verified: Result<Verified<QrStudio>, ExtractError>) -> Result<HttpResponse, ExtractError> {
///     let delivery = verified.inspect_err(|error| {
///         if let ExtractError::Rejected(rejection) = error {
///             println!("rejected: {}", rejection.reason());
///         }
///     })?;
///     println!("{:?}", delivery.event().payload);
///     Ok(HttpResponse::NoContent().finish())
/// }
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::<QrStudio>::new(Secrets::one("whsec_test")?);
/// let app = test::init_service(App::new().app_data(verifier).route("/qrstudio", web::to(on_event))).await;
///
/// // Prints "rejected: missing-signature".
/// let forged = test::TestRequest::post().uri("/qrstudio").set_payload("{}").to_request();
/// assert_eq!(test::call_service(&app, forged).await.status(), StatusCode::UNAUTHORIZED);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExtractError {
    /// The request was rejected. The response is that of the rejection.
    Rejected(Rejection),
    /// There is no middleware around the handler, so there is no delivery. The response is a 500.
    MissingMiddleware {
        /// The sender whose middleware is missing.
        provider: &'static str,
    },
    /// There is no receiver or verifier in the application's data. The response is a 500.
    MissingData {
        /// The type that is missing.
        data: &'static str,
    },
}

impl ExtractError {
    /// Logs the error, because only the program's author can correct it.
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
