//! An extractor for the delivery that the layer left in the request.

use std::{any::type_name, convert::Infallible, fmt, ops::Deref, sync::Arc};

use axum_core::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};
use qrhook::{Delivery, Provider};

/// An extractor for the delivery that [`WebhookLayer`](crate::WebhookLayer) verified and claimed. The layer settles the
/// claim according to the handler's response.
///
/// `Option<Webhook<P>>` is `None` where there is no layer, for a handler that also serves other requests.
///
/// # Example
///
/// A handler, and a test that calls it directly. The [crate page](crate#example) shows the handler behind its layer.
///
/// ```
/// use std::sync::Arc;
///
/// use axum::http::StatusCode;
/// use qrhook::{Secrets, UnixTime, qrstudio::{Payload, QrStudio}, testing};
/// use qrhook_axum::Webhook;
///
/// async fn on_event(Webhook(delivery): Webhook<QrStudio>) -> StatusCode {
///     match &delivery.event().payload {
///         Payload::ScanCreated(scan) => println!("{:?} was scanned", scan.short_id),
///         // A handler that does not need an event still accepts it. Otherwise the sender would send it again.
///         _ => return StatusCode::OK,
///     }
///     StatusCode::NO_CONTENT
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let now = UnixTime::now();
/// let signed = testing::sign::<QrStudio>("whsec_test", r#"{"type":"scan.created","id":"evt_1","data":{}}"#, now);
/// let delivery = qrhook::verify::<QrStudio>(&signed.headers, signed.body, &Secrets::one("whsec_test")?, now)?;
/// assert_eq!(on_event(Arc::new(delivery).into()).await, StatusCode::NO_CONTENT);
/// # Ok(())
/// # }
/// ```
pub struct Webhook<P: Provider>(pub Arc<Delivery<P>>);

impl<P: Provider, S: Sync> FromRequestParts<S> for Webhook<P> {
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        found(parts).ok_or_else(|| {
            let missing = MissingLayer { provider: type_name::<P>() };
            tracing::error!(path = parts.uri.path(), "{missing}");
            missing
        })
    }
}

impl<P: Provider, S: Sync> OptionalFromRequestParts<S> for Webhook<P> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(found(parts))
    }
}

fn found<P: Provider>(parts: &Parts) -> Option<Webhook<P>> {
    parts.extensions.get().cloned().map(Webhook)
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

/// The rejection of [`Webhook`] if the route has no layer, so there is no delivery. The response is a 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingLayer {
    /// The sender whose layer is missing.
    pub provider: &'static str,
}

impl fmt::Display for MissingLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let provider = self.provider;
        write!(f, "`Webhook<{provider}>` found no delivery: is `WebhookLayer<{provider}>` on this route?")
    }
}

impl std::error::Error for MissingLayer {}

impl IntoResponse for MissingLayer {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, "internal error\n").into_response()
    }
}
