//! The layer.

use std::fmt;

use qrhook::{Provider, Receiver};
use tower_layer::Layer;

use crate::WebhookService;

/// Verifies, deduplicates and settles the deliveries of one hook, around any tower service.
///
/// The inner service is called once for each event, with the delivery in the request's extensions, where
/// [`Webhook`](crate::Webhook) reads it. Its answer settles the event: a 2xx commits, everything else releases. It runs
/// in a task of its own, so it does not die with the connection.
pub struct WebhookLayer<P: Provider> {
    receiver: Receiver<P>,
}

impl<P: Provider> WebhookLayer<P> {
    /// A layer in front of the handler of this receiver's hook.
    pub fn new(receiver: Receiver<P>) -> Self {
        Self { receiver }
    }
}

impl<P: Provider> Clone for WebhookLayer<P> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone() }
    }
}

impl<S, P: Provider> Layer<S> for WebhookLayer<P> {
    type Service = WebhookService<S, P>;

    fn layer(&self, inner: S) -> Self::Service {
        WebhookService::new(inner, self.receiver.clone())
    }
}

impl<P: Provider> fmt::Debug for WebhookLayer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookLayer").field("receiver", &self.receiver).finish()
    }
}
