//! The extractors: three ways to get a delivery.

mod claimed;
mod pick;
mod verified;
mod webhook;

use axum_core::{
    body::Body,
    response::{IntoResponse, Response},
};
use qrhook::Rejection;

pub use self::{
    claimed::Claimed,
    pick::{FromState, InArc, Pick},
    verified::Verified,
    webhook::{MissingLayer, Webhook},
};

/// The rejection of a request by [`Claimed`] or [`Verified`], as a response.
///
/// A handler that makes its own claims can also return its rejections as this type.
///
/// # Example
///
/// A handler that takes a `Result` sees the reason before it responds:
///
/// ```
/// use axum::{Router, body::Body, http::{Request, StatusCode}, routing::any};
/// use qrhook::{Secrets, Verifier, qrstudio::QrStudio};
/// use qrhook_axum::{Rejected, Verified};
/// use tower::ServiceExt;
///
/// async fn on_event(verified: Result<Verified<QrStudio>, Rejected>) -> Result<StatusCode, Rejected> {
///     let delivery = verified.inspect_err(|Rejected(rejection)| println!("rejected: {}", rejection.reason()))?;
///     println!("{:?}", delivery.event().payload);
///     Ok(StatusCode::NO_CONTENT)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::<QrStudio>::new(Secrets::one("whsec_test")?);
/// let app = Router::new().route("/qrstudio", any(on_event)).with_state(verifier);
///
/// // Prints "rejected: missing-signature".
/// let forged = Request::post("/qrstudio").body(Body::from("{}"))?;
/// assert_eq!(app.oneshot(forged).await?.status(), StatusCode::UNAUTHORIZED);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected(pub Rejection);

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        Self(rejection)
    }
}

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        self.0.to_response().map(Body::from)
    }
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Rejected {}
