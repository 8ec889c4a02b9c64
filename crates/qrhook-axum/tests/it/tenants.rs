//! Many tenants, with the layer and both extractors.

use axum::{
    Router,
    body::Body,
    extract::FromRef,
    response::{IntoResponse, Response},
    routing::post,
};
use http::{Request, StatusCode};
use qrhook::{
    MemoryStore, Receiver, Secrets, Tenants, UnixTime, Verifier,
    event::Layout,
    provider::{Credential, PlainSender},
    qrstudio::QrStudio,
    testing,
};
use qrhook_axum::{Claimed, Verified, Webhook, WebhookLayer};
use tower::ServiceExt;

/// Each tenant's secret is its name. The source fails for `down`.
fn tenants() -> Tenants {
    Tenants::new(|name| async move {
        match &*name {
            "acme" | "globex" => Ok(Some(Secrets::one(&name).unwrap())),
            "down" => Err("the source is down"),
            _ => Ok(None),
        }
    })
}

#[derive(Clone)]
struct Hooks {
    receiver: Receiver<QrStudio>,
    verifier: Verifier<QrStudio>,
}

impl FromRef<Hooks> for Receiver<QrStudio> {
    fn from_ref(hooks: &Hooks) -> Self {
        hooks.receiver.clone()
    }
}

impl FromRef<Hooks> for Verifier<QrStudio> {
    fn from_ref(hooks: &Hooks) -> Self {
        hooks.verifier.clone()
    }
}

/// The status tells which tenant the handler saw.
fn seen(tenant: Option<&str>) -> StatusCode {
    match tenant {
        Some("acme") => StatusCode::CREATED,
        Some("globex") => StatusCode::ACCEPTED,
        _ => StatusCode::IM_A_TEAPOT,
    }
}

async fn layered(Webhook(delivery): Webhook<QrStudio>) -> StatusCode {
    seen(delivery.tenant())
}

async fn claimed(claimed: Claimed<QrStudio>) -> Response {
    claimed.handle(|delivery| async move { seen(delivery.tenant()) }).await
}

async fn verified(verified: Verified<QrStudio>) -> impl IntoResponse {
    seen(verified.tenant())
}

fn request(path: &str, secret: &str) -> Request<Body> {
    let signed =
        testing::sign::<QrStudio>(secret, r#"{"type":"scan.created","id":"evt_1","data":{}}"#, UnixTime::now());
    let mut request = Request::post(path).body(Body::from(signed.body)).unwrap();
    *request.headers_mut() = signed.headers;
    request
}

#[tokio::test]
async fn each_way_in_keeps_tenants_apart() {
    let receiver = || Receiver::<QrStudio>::new("test", tenants(), MemoryStore::new()).unwrap();
    let hooks = Hooks { receiver: receiver(), verifier: Verifier::new(tenants()) };
    let nested = Router::new().route("/{tenant}", post(layered).layer(WebhookLayer::new(receiver())));
    let app = Router::new()
        .nest("/a", nested)
        .route("/b/{tenant}", post(claimed))
        .route("/c/{tenant}", post(verified))
        .with_state(hooks);
    for (path, repeat) in [("/a", 200), ("/b", 200), ("/c", 201)] {
        let cases = [
            ("acme", "acme", 201),
            ("globex", "globex", 202),
            ("acme", "acme", repeat),
            ("acme", "globex", 401),
            ("globex", "acme", 401),
            ("nobody", "acme", 401),
            ("down", "acme", 503),
        ];
        for (tenant, secret, expected) in cases {
            let response = app.clone().oneshot(request(&format!("{path}/{tenant}"), secret)).await.unwrap();
            assert_eq!(response.status(), expected, "{path}/{tenant} with the secret of {secret}");
        }
    }
}

/// A sender that is a value, with its secret in the path.
#[tokio::test]
async fn a_secret_in_the_path_stands_behind_the_tenant() {
    async fn layered(Webhook(delivery): Webhook<PlainSender>) -> StatusCode {
        seen(delivery.tenant())
    }
    let sender = PlainSender::new("plain", Credential::Path, Layout::new().with_id("/id"));
    let receiver = Receiver::builder_of(sender, "test", tenants(), MemoryStore::new()).build().unwrap();
    let route = post(layered).layer(WebhookLayer::new(receiver));
    let app = Router::new().nest("/hooks", Router::new().route("/{tenant}/{secret}", route));
    for (path, expected) in [
        ("/hooks/acme/acme", 201),
        ("/hooks/acme/acme", 200),
        ("/hooks/globex/globex", 202),
        ("/hooks/acme/globex", 401),
        ("/hooks/nobody/acme", 401),
    ] {
        let request = Request::post(path).body(Body::from(r#"{"id":"1"}"#)).unwrap();
        assert_eq!(app.clone().oneshot(request).await.unwrap().status(), expected, "{path}");
    }
}
