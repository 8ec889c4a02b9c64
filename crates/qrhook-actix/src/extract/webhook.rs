//! An extractor for the delivery that the middleware left in the request.

use std::{
    any::type_name,
    fmt,
    future::{Ready, ready},
    ops::Deref,
    sync::Arc,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use qrhook::{Delivery, Provider};

use super::ExtractError;

/// An extractor for the delivery that [`WebhookMiddleware`](crate::WebhookMiddleware) verified and claimed. The
/// middleware settles the claim according to the handler's response.
///
/// `Option<Webhook<P>>` is `None` where there is no middleware, for a handler that also serves other requests.
///
/// # Example
///
/// A handler, and a test that calls it directly. The [crate page](crate#example) shows the handler behind its
/// middleware.
///
/// ```
/// use std::sync::Arc;
///
/// use actix_web::{HttpResponse, http::StatusCode};
/// use qrhook::{Secrets, UnixTime, qrstudio::{Payload, QrStudio}, testing};
/// use qrhook_actix::Webhook;
///
/// async fn on_event(Webhook(delivery): Webhook<QrStudio>) -> HttpResponse {
///     match &delivery.event().payload {
///         Payload::ScanCreated(scan) => println!("{:?} was scanned", scan.short_id),
///         // A handler that does not need an event still accepts it. Otherwise the sender would send it again.
///         _ => return HttpResponse::Ok().finish(),
///     }
///     HttpResponse::NoContent().finish()
/// }
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let now = UnixTime::now();
/// let signed = testing::sign::<QrStudio>("whsec_test", r#"{"type":"scan.created","id":"evt_1","data":{}}"#, now);
/// let delivery = qrhook::verify::<QrStudio>(&signed.headers, signed.body, &Secrets::one("whsec_test")?, now)?;
/// assert_eq!(on_event(Arc::new(delivery).into()).await.status(), StatusCode::NO_CONTENT);
/// # Ok(())
/// # }
/// ```
pub struct Webhook<P: Provider>(pub Arc<Delivery<P>>);

impl<P: Provider> FromRequest for Webhook<P> {
    type Error = ExtractError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let delivery = request.extensions().get().cloned();
        let missing = || ExtractError::MissingMiddleware { provider: type_name::<P>() }.logged(request);
        ready(delivery.map(Self).ok_or_else(missing))
    }
}

/// For a test that calls a handler directly.
impl<P: Provider> From<Arc<Delivery<P>>> for Webhook<P> {
    fn from(delivery: Arc<Delivery<P>>) -> Self {
        Self(delivery)
    }
}

impl<P: Provider> Deref for Webhook<P> {
    type Target = Delivery<P>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<P: Provider> Clone for Webhook<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Provider> fmt::Debug for Webhook<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Webhook").field(&self.0).finish()
    }
}
