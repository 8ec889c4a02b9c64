//! The delivery that the layer left.

use std::{any::type_name, fmt, sync::Arc};

use axum_core::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};
use qrhook::{Delivery, Provider};

/// The delivery that [`WebhookLayer`](crate::WebhookLayer) verified and claimed; the layer settles it from the
/// handler's answer.
#[derive(Debug)]
pub struct Webhook<P: Provider>(pub Arc<Delivery<P>>);

impl<P: Provider, S: Sync> FromRequestParts<S> for Webhook<P> {
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get().cloned().map(Self).ok_or_else(|| {
            let missing = MissingLayer { provider: type_name::<P>() };
            tracing::error!(path = parts.uri.path(), "{missing}");
            missing
        })
    }
}

/// There is no delivery to read, because the layer does not stand in front of the handler: 500.
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
