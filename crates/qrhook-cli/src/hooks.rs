//! The hooks of a receiver: one path for each sender.

use std::{pin::Pin, sync::Arc};

use axum::{
    Router,
    http::{Method, StatusCode, Uri},
    routing,
};
use qrhook::{Delivery, Receiver, Store, provider::Credential, receiver::NotReady, tenant::SecretSource};
use qrhook_axum::{Serve, Webhook, WebhookLayer, serve};
use tokio::net::TcpListener;

use crate::{
    failure::{Failure, chain},
    limits::Limits,
    live_secrets::Keys,
    sender::Sender,
};

/// The handler of all events.
pub(crate) trait Work: Clone + Send + Sync + 'static {
    /// Handles one event; a 2xx commits it.
    fn handle(&self, delivery: Arc<Delivery<Sender>>) -> impl Future<Output = StatusCode> + Send;
}

/// The hooks, and the server for them.
pub(crate) struct Hooks {
    router: Router,
    limits: Limits,
    receivers: Vec<AddReceiver>,
    probes: Vec<Probe>,
    paths: Vec<String>,
    /// Whether a path may contain a secret.
    hide_paths: bool,
}

type AddReceiver = Box<dyn FnOnce(Serve<Router>) -> Serve<Router> + Send>;

/// Asks a receiver whether it is ready.
type Probe = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), NotReady>> + Send>> + Send + Sync>;

impl Hooks {
    /// Only `GET /healthz` and `GET /readyz`, without any hook.
    pub(crate) fn new(limits: Limits) -> Self {
        let router = Router::new().route("/healthz", routing::get(|| async { "ok\n" }));
        Self { router, limits, receivers: Vec::new(), probes: Vec::new(), paths: Vec::new(), hide_paths: false }
    }

    /// Receives the events of this sender at the path of its name, and those of its tenants below it.
    pub(crate) fn add(
        mut self,
        sender: Sender,
        Keys { secrets, tenants }: Keys,
        store: Arc<dyn Store>,
        work: impl Work,
    ) -> Result<Self, Failure> {
        let source = match (&secrets, &tenants) {
            (Some(secrets), _) => secrets.clone().into(),
            (None, Some(tenants)) => tenants.clone().into(),
            (None, None) => return Ok(self),
        };
        let receiver =
            self.limits.apply(Receiver::builder_of(sender, sender.name(), SecretSource::clone(&source), store)).build();
        let receiver = receiver.map_err(|error| Failure::failed(chain(&error)))?;
        let has_secret_path = sender.credential() == Some(Credential::Path);
        let (name, end) = (sender.name(), if has_secret_path { "/{secret}" } else { "" });
        self.hide_paths |= has_secret_path;
        if secrets.is_some() {
            self.route(&format!("/{name}{end}"), receiver.clone(), work.clone());
        }
        if let Some(tenants) = tenants {
            self.route(&format!("/{name}/{{tenant}}{end}"), receiver.for_tenants(tenants), work);
        }
        let probed = receiver.clone();
        self.probes.push(Box::new(move || {
            let receiver = probed.clone();
            Box::pin(async move { receiver.ready().await })
        }));
        self.receivers.push(Box::new(move |server| server.with_receiver(&receiver)));
        Ok(self)
    }

    fn route(&mut self, path: &str, receiver: Receiver<Sender>, work: impl Work) {
        let handler = move |Webhook(delivery): Webhook<Sender>| {
            let work = work.clone();
            async move { work.handle(delivery).await }
        };
        // Any method: the layer refuses all but POST.
        let route = routing::any(handler).layer(WebhookLayer::new(receiver));
        self.router = std::mem::take(&mut self.router).route(path, route);
        self.paths.push(path.to_owned());
    }

    /// The paths of the hooks.
    pub(crate) fn paths(&self) -> &[String] {
        &self.paths
    }

    /// A server for all hooks, which drains their receivers at its end.
    pub(crate) fn serve(self, listener: TcpListener) -> Serve<Router> {
        let hide_paths = self.hide_paths;
        let paths: Arc<str> = self.paths.join(", ").into();
        let lost = |status| {
            let paths = Arc::clone(&paths);
            async move |method: Method, uri: Uri| lost(status, &method, &uri, &paths, hide_paths)
        };
        let probes: Arc<[Probe]> = self.probes.into();
        let ready = routing::get(move || ready(Arc::clone(&probes)));
        let router = self.router.route("/readyz", ready).fallback(lost(StatusCode::NOT_FOUND));
        let router = router.method_not_allowed_fallback(lost(StatusCode::METHOD_NOT_ALLOWED));
        self.receivers.into_iter().fold(serve(listener, router), |server, add| add(server))
    }
}

/// Responds with 200 if all receivers are ready, and otherwise with 503 and the reason.
async fn ready(probes: Arc<[Probe]>) -> (StatusCode, String) {
    for probe in probes.iter() {
        if let Err(reason) = probe().await {
            return (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n"));
        }
    }
    (StatusCode::OK, "ready\n".to_owned())
}

/// Logs a request that no hook accepts. Nothing else shows that the URL of a hook is wrong.
///
/// `/qrstudio/` and `//qrstudio` are not served either, so that a proxy that changes paths is noticed on the first day.
fn lost(status: StatusCode, method: &Method, uri: &Uri, paths: &str, hide_paths: bool) -> StatusCode {
    // Without the query, which may contain a credential. As fields, they are quoted and escaped.
    let path = if hide_paths { without_secret(uri.path(), paths) } else { shortened(uri.path()) };
    let method = shortened(method.as_str());
    tracing::warn!(method, path, paths, "no hook accepts this request: check the URL at the platform and in the proxy");
    status
}

/// As much of a path as contains no secret, where a secret may be anywhere in it: a hook's name at its beginning.
fn without_secret(path: &str, paths: &str) -> String {
    let name = path.split('/').nth(1).unwrap_or_default();
    let is_hook = paths.split(", ").filter_map(|path| path.split('/').nth(1)).any(|hook| hook == name);
    if is_hook { format!("/{name}/..") } else { "/..".to_owned() }
}

/// The beginning of a string that a stranger sent.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push_str("...");
    }
    short
}
