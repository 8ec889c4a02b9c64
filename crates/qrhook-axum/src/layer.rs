//! The layer.

use std::fmt;

use qrhook::{Provider, Receiver};
use tower_layer::Layer;

use crate::{
    WebhookService,
    scope::{HandlerTask, Scope},
};

/// A layer that verifies and claims the deliveries of one hook, calls the inner service, and settles the claim.
///
/// The inner service is called once for each event. The delivery is in the request's extensions, where
/// [`Webhook`](crate::Webhook) reads it. The response settles the claim: a 2xx commits it, anything else releases it.
/// As soon as the inner service awaits something, it continues in a separate task, so it does not die with the
/// connection.
///
/// # Example
///
/// The layer wraps any tower service whose request body is `Full<Bytes>`. With axum, it goes on the route; see the
/// [crate page](crate#example).
///
/// ```
/// use std::convert::Infallible;
///
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use qrhook::{MemoryStore, Receiver, Rejection, Secrets, UnixTime, qrstudio::QrStudio, testing};
/// use qrhook_axum::WebhookLayer;
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let on_event = service_fn(|_: Request<Full<Bytes>>| async {
///     Ok::<_, Infallible>(Response::new(Full::from("handled")))
/// });
/// let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
/// let hook = WebhookLayer::new(receiver).layer(on_event);
///
/// let event = r#"{"type":"scan.created","id":"evt_1","data":{}}"#;
/// let signed = testing::sign::<QrStudio>("whsec_test", event, UnixTime::now());
/// let request = || {
///     let mut request = Request::post("/qrstudio").body(Full::new(signed.body.clone())).unwrap();
///     *request.headers_mut() = signed.headers.clone();
///     request
/// };
/// let first = hook.clone().oneshot(request()).await?;
/// assert_eq!((first.status().as_u16(), first.extensions().get::<Rejection>()), (200, None));
///
/// // The platform sends the event again: 200, but the service is not called.
/// let repeat = hook.oneshot(request()).await?;
/// assert_eq!(repeat.status(), 200);
/// assert_eq!(repeat.extensions().get(), Some(&Rejection::Duplicate { id_conflict: false }));
/// # Ok(())
/// # }
/// ```
pub struct WebhookLayer<P: Provider> {
    receiver: Receiver<P>,
    scope: Scope,
}

impl<P: Provider> WebhookLayer<P> {
    /// Creates a layer for the hook of this receiver.
    pub fn new(receiver: Receiver<P>) -> Self {
        Self { receiver, scope: Scope::default() }
    }

    /// Wraps the task of every handler. `wrap` is called in the task of the request, so that it can pass on a context
    /// of the request, such as a task-local value.
    ///
    /// The handler starts in the request's task, or in a separate one if the store made it wait. As soon as it awaits
    /// something, it continues in the separate one. So a value that outer middleware keeps in the request's task may be
    /// there in a test with a memory store, and missing with a database. The request's extensions and its `tracing`
    /// span are always there, without this method.
    ///
    /// # Example
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
    /// // Outer middleware runs the request inside `REGION.scope(..)`.
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
