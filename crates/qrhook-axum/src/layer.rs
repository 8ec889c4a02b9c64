//! The layer.

use std::fmt;

use qrhook::{Provider, Receiver};
use tower_layer::Layer;

use crate::{
    WebhookService,
    scope::{HandlerTask, Scope},
};

/// Verifies, deduplicates and settles the deliveries of one hook, around any tower service.
///
/// The inner service is called once for each event, with the delivery in the request's extensions, where
/// [`Webhook`](crate::Webhook) reads it. Its answer settles the event: a 2xx commits, everything else releases. As soon as
/// it waits for something, it goes on in a task of its own, so it does not die with the connection.
pub struct WebhookLayer<P: Provider> {
    receiver: Receiver<P>,
    scope: Scope,
}

impl<P: Provider> WebhookLayer<P> {
    /// A layer in front of the handler of this receiver's hook.
    pub fn new(receiver: Receiver<P>) -> Self {
        Self { receiver, scope: Scope::default() }
    }

    /// Wraps the task of every handler. Called in the task of the request, so that it can carry a context of the request
    /// along, such as a task-local value.
    ///
    /// The handler starts in the request's task or in one of its own, depending on whether the store had to wait, and goes on
    /// in its own as soon as it waits. So a value that outer middleware keeps in the request's task may be there in a test
    /// with a memory store, and missing with a database. The request's extensions and its `tracing` span are always there:
    /// they need none of this.
    ///
    /// ```
    /// # use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
    /// # use qrhook_axum::WebhookLayer;
    /// tokio::task_local! {
    ///     static REGION: &'static str;
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
    /// // Outer middleware runs the request inside of `REGION.scope(..)`.
    /// let layer = WebhookLayer::new(receiver).with_scope(|task| match REGION.try_with(|region| *region) {
    ///     Ok(region) => Box::pin(REGION.scope(region, task)),
    ///     Err(_) => task,
    /// });
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_scope(self, wrap: impl Fn(HandlerTask) -> HandlerTask + Send + Sync + 'static) -> Self {
        Self { scope: Scope::new(wrap), ..self }
    }
}

impl<P: Provider> Clone for WebhookLayer<P> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone(), scope: self.scope.clone() }
    }
}

impl<S, P: Provider> Layer<S> for WebhookLayer<P> {
    type Service = WebhookService<S, P>;

    fn layer(&self, inner: S) -> Self::Service {
        WebhookService::new(inner, self.receiver.clone(), self.scope.clone())
    }
}

impl<P: Provider> fmt::Debug for WebhookLayer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookLayer").field("receiver", &self.receiver).finish_non_exhaustive()
    }
}
