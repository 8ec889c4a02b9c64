//! The hooks of a receiving program: one path for each sender.

use std::sync::Arc;

use axum::{
    Router,
    http::{Method, StatusCode, Uri},
    routing,
};
use qrhook::{Delivery, Receiver, Secrets, Store};
use qrhook_axum::{Serve, Webhook, WebhookLayer, serve};
use tokio::net::TcpListener;

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

/// The hooks and the way to serve them.
pub(crate) struct Hooks {
    router: Router,
    limits: Limits,
    receivers: Vec<AddReceiver>,
    paths: Vec<String>,
}

type AddReceiver = Box<dyn FnOnce(Serve<Router>) -> Serve<Router> + Send>;

impl Hooks {
    /// No hook yet, and `GET /healthz`.
    pub(crate) fn new(limits: Limits) -> Self {
        let router = Router::new().route("/healthz", routing::get(|| async { "ok\n" }));
        Self { router, limits, receivers: Vec::new(), paths: Vec::new() }
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
        let path = format!("/{}", P::NAME);
        self.router = self.router.route(&path, route);
        self.paths.push(path);
        self.receivers.push(Box::new(move |server| server.with_receiver(&receiver)));
        Ok(self)
    }

    /// A server for all hooks, which drains them at its end.
    pub(crate) fn serve(self, listener: TcpListener) -> Serve<Router> {
        let paths = self.paths.join(", ");
        let router = self.router.fallback(async move |method: Method, uri: Uri| lost(&method, &uri, &paths));
        self.receivers.into_iter().fold(serve(listener, router), |server, add| add(server))
    }
}

/// A request that no hook takes. A platform whose hook has a wrong URL is told by nothing else.
fn lost(method: &Method, uri: &Uri, paths: &str) -> StatusCode {
    const LONGEST: usize = 80;
    // Without the query, which may hold a credential.
    let path: String = uri.path().escape_debug().take(LONGEST).collect();
    tracing::warn!(%method, path, paths, "no hook takes this request: check the URL at the platform, and the proxy's");
    StatusCode::NOT_FOUND
}
