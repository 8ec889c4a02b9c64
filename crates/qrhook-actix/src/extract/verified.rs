//! An extractor that checks the signature only.

use std::{fmt, future::Future, ops::Deref, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use qrhook::{Delivery, Provider, Verifier};

use super::{ExtractError, FromAppData, pick::picked};
use crate::convert::verify;

/// An extractor that verifies a delivery and does nothing else. There is no store, so every repeat reaches the handler.
///
/// Route every method to it (`web::to`). It rejects every method except `POST`, with a 405 and `Allow: POST`.
/// Behind `web::post()`, they would get actix's 404.
///
/// The [`Verifier`] comes from `app_data`, as it is or inside `Data`.
///
/// # Example
///
/// ```
/// use actix_web::{App, HttpResponse, http::StatusCode, test, web};
/// use qrhook::{Secrets, UnixTime, Verifier, qrstudio::QrStudio, testing};
/// use qrhook_actix::Verified;
///
/// async fn on_event(Verified(delivery): Verified<QrStudio>) -> HttpResponse {
///     println!("{:?}", delivery.event().payload);
///     HttpResponse::Accepted().finish()
/// }
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::<QrStudio>::new(Secrets::one("whsec_test")?);
/// let app = test::init_service(App::new().app_data(verifier).route("/qrstudio", web::to(on_event))).await;
///
/// let event = r#"{"type":"scan.created","id":"evt_1","data":{}}"#;
/// let signed = testing::sign::<QrStudio>("whsec_test", event, UnixTime::now());
/// for _ in ["first", "repeat"] {
///     let mut request = test::TestRequest::post().uri("/qrstudio").set_payload(signed.body.clone());
///     for (name, value) in &signed.headers {
///         request = request.append_header((name.as_str(), value.as_bytes()));
///     }
///     assert_eq!(test::call_service(&app, request.to_request()).await.status(), StatusCode::ACCEPTED);
/// }
/// # Ok(())
/// # }
/// ```
pub struct Verified<P: Provider>(pub Delivery<P>);

impl<P: Provider> FromRequest for Verified<P> {
    type Error = ExtractError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let verifier: Verifier<P> = picked::<FromAppData, _>(&request)?;
            verify(&verifier, &request, payload).await.map(Self).map_err(ExtractError::Rejected)
        })
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
