//! Many tenants, with the middleware and both extractors.

use actix_web::{
    App, HttpResponse, Responder,
    http::StatusCode,
    test::{TestRequest, init_service},
    web,
};
use qrhook::{
    MemoryStore, Receiver, Secrets, Tenants, UnixTime, Verifier,
    event::Layout,
    provider::{Credential, PlainSender},
    qrstudio::QrStudio,
    testing,
};
use qrhook_actix::{Claimed, Verified, Webhook, WebhookMiddleware};

use crate::request::status;

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

/// The status tells which tenant the handler saw.
fn seen(tenant: Option<&str>) -> HttpResponse {
    HttpResponse::build(match tenant {
        Some("acme") => StatusCode::CREATED,
        Some("globex") => StatusCode::ACCEPTED,
        _ => StatusCode::IM_A_TEAPOT,
    })
    .finish()
}

async fn layered(Webhook(delivery): Webhook<QrStudio>) -> impl Responder {
    seen(delivery.tenant())
}

async fn claimed(claimed: Claimed<QrStudio>) -> impl Responder {
    claimed.handle(|delivery| async move { seen(delivery.tenant()) }).await
}

async fn verified(verified: Verified<QrStudio>) -> impl Responder {
    seen(verified.tenant())
}

fn request(path: &str, secret: &str) -> TestRequest {
    let signed =
        testing::sign::<QrStudio>(secret, r#"{"type":"scan.created","id":"evt_1","data":{}}"#, UnixTime::now());
    let headers = signed.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_owned()));
    headers.fold(TestRequest::post().uri(path), |built, header| built.append_header(header)).set_payload(signed.body)
}

#[actix_web::test]
async fn each_way_in_keeps_tenants_apart() {
    let receiver = || Receiver::<QrStudio>::new("test", tenants(), MemoryStore::new()).unwrap();
    let app = App::new()
        .app_data(receiver())
        .app_data(Verifier::<QrStudio>::new(tenants()))
        .service(web::resource("/a/{tenant}").route(web::post().to(layered)).wrap(WebhookMiddleware::new(receiver())))
        .route("/b/{tenant}", web::post().to(claimed))
        .route("/c/{tenant}", web::post().to(verified));
    let app = init_service(app).await;
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
            let found = status(&app, request(&format!("{path}/{tenant}"), secret)).await;
            assert_eq!(found, expected, "{path}/{tenant} with the secret of {secret}");
        }
    }
}

/// A sender that is a value, with its secret in the path.
#[actix_web::test]
async fn a_secret_in_the_path_stands_behind_the_tenant() {
    async fn layered(Webhook(delivery): Webhook<PlainSender>) -> impl Responder {
        seen(delivery.tenant())
    }
    let sender = PlainSender::new("plain", Credential::Path, Layout::new().with_id("/id"));
    let receiver = Receiver::builder_of(sender, "test", tenants(), MemoryStore::new()).build().unwrap();
    let hook =
        web::resource("/{tenant}/{secret}").route(web::post().to(layered)).wrap(WebhookMiddleware::new(receiver));
    let app = init_service(App::new().service(web::scope("/hooks").service(hook))).await;
    for (path, expected) in [
        ("/hooks/acme/acme", 201),
        ("/hooks/acme/acme", 200),
        ("/hooks/globex/globex", 202),
        ("/hooks/acme/globex", 401),
        ("/hooks/nobody/acme", 401),
    ] {
        let request = TestRequest::post().uri(path).set_payload(r#"{"id":"1"}"#);
        assert_eq!(status(&app, request).await, expected, "{path}");
    }
}
