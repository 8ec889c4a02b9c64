//! The delivery that the middleware left.

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

/// The delivery that [`WebhookMiddleware`](crate::WebhookMiddleware) verified and claimed; the middleware settles it
/// from the handler's answer.
///
/// `Option<Webhook<P>>` is `None` where there is no middleware, for a handler that serves other requests too.
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
