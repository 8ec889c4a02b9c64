//! The delivery that the middleware left.

use std::{
    any::type_name,
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use qrhook::{Delivery, Provider};

use super::ExtractError;

/// The delivery that [`WebhookMiddleware`](crate::WebhookMiddleware) verified and claimed; the middleware settles it
/// from the handler's answer.
#[derive(Debug)]
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
