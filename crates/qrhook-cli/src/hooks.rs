//! The hooks of a receiving program: one path for each sender.

use std::{pin::Pin, sync::Arc, time::Duration};

use axum::{Router, http::StatusCode, routing};
use qrhook::{Delivery, Receiver, Secrets, Store};
use qrhook_axum::{Webhook, WebhookLayer};

use crate::{
    failure::{Failure, chain},
    limits::Limits,
    sender::{Sender, Shown, with_provider},
};

/// What is done with an event.
pub(crate) trait Work: Clone + Send + Sync + 'static {
    /// Handles one event; a 2xx commits it.
    fn handle<P: Shown>(&self, delivery: Arc<Delivery<P>>) -> impl Future<Output = StatusCode> + Send;
}

/// The hooks and the way to end them.
pub(crate) struct Hooks {
    router: Router,
    limits: Limits,
    drains: Vec<Box<dyn Fn(Duration) -> Drain + Send + Sync>>,
}

type Drain = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Hooks {
    /// No hook yet, and `GET /healthz`.
    pub(crate) fn new(limits: Limits) -> Self {
        let router = Router::new().route("/healthz", routing::get(|| async { "ok\n" }));
        Self { router, limits, drains: Vec::new() }
    }

    /// Receives this sender's events under the path of its name.
    pub(crate) fn add(
        self,
        sender: Sender,
        secrets: Secrets,
        store: Arc<dyn Store>,
        work: impl Work,
    ) -> Result<Self, Failure> {
        with_provider!(sender, P => self.add_provider::<P>(secrets, store, work))
    }

    fn add_provider<P: Shown>(
        mut self,
        secrets: Secrets,
        store: Arc<dyn Store>,
        work: impl Work,
    ) -> Result<Self, Failure> {
        let receiver = self.limits.apply(Receiver::<P>::builder(P::NAME, secrets, store)).build();
        let receiver = receiver.map_err(|error| Failure::failed(chain(&error)))?;
        let handler = move |Webhook(delivery): Webhook<P>| {
            let work = work.clone();
            async move { work.handle(delivery).await }
        };
        // Any method: what is said to the others is the layer's answer.
        let route = routing::any(handler).layer(WebhookLayer::new(receiver.clone()));
        self.router = self.router.route(&format!("/{}", P::NAME), route);
        self.drains.push(Box::new(move |timeout| {
            let receiver = receiver.clone();
            Box::pin(async move {
                receiver.drain(timeout).await;
            })
        }));
        Ok(self)
    }

    /// The routes.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Refuses new work on all hooks, and waits for what runs.
    pub(crate) async fn drain(&self, timeout: Duration) {
        let drains: Vec<_> = self.drains.iter().map(|drain| tokio::spawn(drain(timeout))).collect();
        for drain in drains {
            // A drain that panicked waits no longer, and says so itself.
            drop(drain.await);
        }
    }
}
