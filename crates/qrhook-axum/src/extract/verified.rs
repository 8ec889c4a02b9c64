//! An extractor that checks the signature only.

use std::{fmt, ops::Deref, pin::pin};

use axum_core::extract::{FromRef, FromRequest, Request};
use qrhook::{Delivery, Provider, Verifier, receiver::adapter::verify};

use super::Rejected;
use crate::{head::head, pieces::pieces};

/// An extractor that verifies a delivery and does nothing else. There is no store, so every repeat reaches the handler.
///
/// Route every method to it (`any`). It rejects every method except `POST`, with a 405 and `Allow: POST`.
///
/// The [`Verifier`] comes from the state, by `FromRef`.
///
/// # Example
///
/// ```
/// use axum::{Router, body::Body, http::{Request, StatusCode}, routing::any};
/// use qrhook::{Secrets, UnixTime, Verifier, qrstudio::QrStudio, testing};
/// use qrhook_axum::Verified;
/// use tower::ServiceExt;
///
/// async fn on_event(Verified(delivery): Verified<QrStudio>) -> StatusCode {
///     println!("{:?}", delivery.event().payload);
///     StatusCode::ACCEPTED
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::<QrStudio>::new(Secrets::one("whsec_test")?);
/// let app = Router::new().route("/qrstudio", any(on_event)).with_state(verifier);
///
/// let event = r#"{"type":"scan.created","id":"evt_1","data":{}}"#;
/// let signed = testing::sign::<QrStudio>("whsec_test", event, UnixTime::now());
/// for _ in ["first", "repeat"] {
///     let mut request = Request::post("/qrstudio").body(Body::from(signed.body.clone()))?;
///     *request.headers_mut() = signed.headers.clone();
///     assert_eq!(app.clone().oneshot(request).await?.status(), StatusCode::ACCEPTED);
/// }
/// # Ok(())
/// # }
/// ```
pub struct Verified<P: Provider>(pub Delivery<P>);

impl<P: Provider, S: Send + Sync> FromRequest<S> for Verified<P>
where
    Verifier<P>: FromRef<S>,
{
    type Rejection = Rejected;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let verifier = Verifier::from_ref(state);
        let (parts, body) = request.into_parts();
        verify(&verifier, head(&parts), pieces(pin!(body))).await.map(Self).map_err(Rejected)
    }
}

impl<P: Provider> Deref for Verified<P> {
    type Target = Delivery<P>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<P: Provider> fmt::Debug for Verified<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Verified").field(&self.0).finish()
    }
}
