//! The delivery that the layer left.

use std::{any::type_name, convert::Infallible, fmt, ops::Deref, sync::Arc};

use axum_core::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};
use qrhook::{Delivery, Provider};

/// The delivery that [`WebhookLayer`](crate::WebhookLayer) verified and claimed; the layer settles it from the
/// handler's answer.
///
/// `Option<Webhook<P>>` is `None` where there is no layer, for a handler that serves other requests too.
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

/// For a test that calls a handler by itself.
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

/// There is no delivery to read, because the layer is not in front of the handler: 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingLayer {
    /// The sender that the layer was expected for.
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
