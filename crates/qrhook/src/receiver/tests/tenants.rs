//! Many tenants behind one receiver.

use std::sync::Mutex;

use super::*;
use crate::{
    Delivery, SecretError, Tenants,
    event::Layout,
    provider::{Credential, PlainSender},
};

const EVENT: &str = r#"{"type":"scan.created","id":"evt_1","created_at":"2026-05-09T14:01:23Z","data":{}}"#;

/// Two tenants, and a source that fails for the name `down`.
fn receiver<P: Provider + Default>() -> Receiver<P> {
    let tenants = Tenants::new(|name| async move {
        match &*name {
            "acme" => Ok(Some(Secrets::one("whsec_acme")?)),
            "globex" => Ok(Some(Secrets::one("whsec_globex")?)),
            "down" => Err(SecretError::Unset),
            _ => Ok(None),
        }
    });
    let builder = Receiver::builder("test", tenants, Shaky::default());
    builder.with_clock(PausedClock { started: Instant::now() }).build().unwrap()
}

async fn accept_at<P: Provider + Default>(
    receiver: &Receiver<P>,
    path: &str,
    secret: &str,
    body: &str,
) -> Result<Accepted<P>, Rejection> {
    let request = sign::<P>(secret, body.to_owned(), NOW);
    let mut body = Some(Ok(request.body));
    let head = Head::new(&Method::POST, &request.headers).with_path(path);
    adapter::accept(receiver, head, move |_: &mut Context<'_>| Poll::Ready(body.take())).await
}

/// Delivers an event, and returns the tenant that its handler saw.
async fn deliver_at<P: Provider + Default>(
    receiver: &Receiver<P>,
    path: &str,
    secret: &str,
    body: &str,
) -> Result<Option<String>, Rejection> {
    let accepted = accept_at(receiver, path, secret, body).await?;
    let handler = |delivery: Arc<Delivery<P>>| async move {
        Answer::new(delivery.tenant().map(str::to_owned), Handled::Done { status: None })
    };
    let (work, reply) = accepted.handle(handler);
    reply.wait(Box::pin(work), spawn).await
}

const DUPLICATE: Rejection = Rejection::Duplicate { id_conflict: false };

#[tokio::test(start_paused = true)]
async fn equal_ids_of_two_tenants_are_two_events() {
    let receiver = receiver::<QrStudio>();
    for (tenant, secret) in [("acme", "whsec_acme"), ("globex", "whsec_globex")] {
        let path = format!("/hooks/{tenant}");
        assert_eq!(deliver_at(&receiver, &path, secret, EVENT).await, Ok(Some(tenant.to_owned())));
        assert_eq!(deliver_at(&receiver, &path, secret, EVENT).await, Err(DUPLICATE));
    }
    assert_eq!(receiver.counts(), [("handled", 2), ("duplicate", 2)].into());
}

#[tokio::test(start_paused = true)]
async fn no_tenant_signs_for_another_one() {
    let form = "event=QR_CODE_SCANNED&redirects=1";
    let studio = receiver::<QrStudio>();
    let planet = receiver::<QrPlanet>();
    for (path, secret) in [("/globex", "whsec_acme"), ("/acme", "whsec_globex"), ("/acme", SECRET)] {
        let forged = accept_at(&studio, path, secret, EVENT).await.err();
        assert_eq!(forged, Some(VerifyError::SignatureMismatch.into()), "{path}");
        let forged = accept_at(&planet, path, secret, form).await.err();
        assert_eq!(forged, Some(VerifyError::TokenMismatch { field: "secrettoken" }.into()), "{path}");
    }
    for path in ["/nobody", "/", "", "/ACME", "/acme%00"] {
        let forged = accept_at(&studio, path, "whsec_acme", EVENT).await.err();
        assert_eq!(forged, Some(VerifyError::UnknownTenant.into()), "{path}");
        let forged = accept_at(&planet, path, "whsec_acme", form).await.err();
        assert_eq!(forged, Some(VerifyError::UnknownTenant.into()), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_tenant_gets_the_same_response_as_a_wrong_signature() {
    let receiver = receiver::<QrStudio>();
    let unknown = accept_at(&receiver, "/nobody", "whsec_acme", EVENT).await.unwrap_err().to_response();
    let wrong = accept_at(&receiver, "/acme", "whsec_globex", EVENT).await.unwrap_err().to_response();
    assert_eq!((unknown.status(), unknown.body()), (StatusCode::UNAUTHORIZED, wrong.body()));
    assert_eq!((unknown.status(), unknown.headers()), (wrong.status(), wrong.headers()));
    // Also where something else is wrong, which is checked first.
    let large = EVENT.repeat(4000);
    for path in ["/nobody", "/acme"] {
        let refused = accept_at(&receiver, path, "whsec_acme", &large).await.err();
        assert_eq!(refused, Some(VerifyError::BodyTooLarge { limit: 256 * 1024 }.into()), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_down_is_503_for_those_who_are_not_known() {
    let receiver = receiver::<QrStudio>();
    assert!(deliver_at(&receiver, "/acme", "whsec_acme", EVENT).await.is_ok());
    let refused = deliver_at(&receiver, "/down", "whsec_down", EVENT).await.unwrap_err();
    assert_eq!((&refused, refused.reason()), (&Rejection::TenantSource, "tenant-source"));
    let response = refused.to_response();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(deliver_at(&receiver, "/acme", "whsec_acme", EVENT).await, Err(DUPLICATE));
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_well_formed_signature_buys_no_look_up() {
    let tenants = Tenants::new(|_| async { Ok::<_, SecretError>(None) });
    let receiver = Receiver::<QrStudio>::new("test", tenants.clone(), Shaky::default()).unwrap();
    let empty = |_: &mut Context<'_>| Poll::Ready(None);
    let malformed = HeaderMap::from_iter([(
        http::HeaderName::from_static("x-qrstudio-signature"),
        HeaderValue::from_static("t=1,v1=00"),
    )]);
    for headers in [HeaderMap::new(), malformed] {
        let head = Head::new(&Method::POST, &headers).with_path("/acme");
        adapter::accept(&receiver, head, empty).await.unwrap_err();
    }
    assert_eq!(tenants.look_ups(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_slow_look_up_leaves_the_deadline_as_it_is() {
    let tenants = Tenants::new(|_| pending::<Result<Option<Secrets>, SecretError>>());
    let receiver = Receiver::<QrStudio>::new("test", tenants, Shaky::default()).unwrap();
    let began = Instant::now();
    let refused = accept_at(&receiver, "/acme", "whsec_acme", EVENT).await.err();
    assert_eq!(refused, Some(Rejection::TenantSource));
    assert!(began.elapsed() <= Duration::from_secs(1), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_receiver_for_a_tenant_shares_all_but_secrets_and_keys() {
    let parent = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let acme = parent.for_tenant("acme", Secrets::one("whsec_acme").unwrap()).unwrap();
    let listed = Tenants::listed([("acme".to_owned(), Secrets::one("whsec_acme").unwrap())]);
    let all = parent.for_tenants(listed);
    assert_eq!(deliver_at(&parent, "/", SECRET, EVENT).await, Ok(None));
    assert_eq!(deliver_at(&acme, "/", "whsec_acme", EVENT).await, Ok(Some("acme".to_owned())));
    assert_eq!(deliver_at(&acme, "/", "whsec_acme", EVENT).await, Err(DUPLICATE));
    assert_eq!(deliver_at(&all, "/acme", "whsec_acme", EVENT).await, Err(DUPLICATE), "the same tenant");
    let mismatch = Some(VerifyError::SignatureMismatch.into());
    assert_eq!(deliver_at(&acme, "/", SECRET, EVENT).await.err(), mismatch);
    assert_eq!(deliver_at(&parent, "/", "whsec_acme", EVENT).await.err(), mismatch);
    assert_eq!(parent.counts(), acme.counts());
    assert_eq!(parent.counts()["handled"], 2);
    parent.drain(Duration::ZERO).await;
    assert_eq!(deliver_at(&acme, "/", "whsec_acme", EVENT).await, Err(Rejection::Closing));
    for name in ["", " "] {
        let refused = parent.for_tenant(name, Secrets::one("whsec_acme").unwrap());
        assert_eq!(refused.err(), Some(ConfigError::EmptyTenant));
    }
}

#[tokio::test(start_paused = true)]
async fn limits_are_for_all_tenants_together() {
    let tenants = Tenants::listed(["acme", "globex"].map(|name| (name.to_owned(), Secrets::one(name).unwrap())));
    let builder = Receiver::<QrStudio>::builder("test", tenants, Shaky::default()).with_max_handlers(1);
    let receiver = builder.with_clock(PausedClock { started: Instant::now() }).build().unwrap();
    let (work, _reply) =
        accept_at(&receiver, "/acme", "acme", EVENT).await.unwrap().handle(|_| pending::<Answer<()>>());
    spawn(work);
    tokio::task::yield_now().await;
    assert_eq!(deliver_at(&receiver, "/globex", "globex", EVENT).await, Err(Rejection::TooManyHandlers));
}

#[tokio::test(start_paused = true)]
async fn plain_verification_refuses_because_it_has_no_path() {
    let receiver = receiver::<QrStudio>();
    let request = sign::<QrStudio>("whsec_acme", EVENT, NOW);
    let refused = receiver.verifier().verify(&request.headers, request.body.clone(), NOW).err();
    assert_eq!(refused, Some(VerifyError::UnknownTenant));
    let refused = receiver.verifier().check(&request.headers, &request.body, NOW).err();
    assert_eq!(refused, Some(VerifyError::UnknownTenant));
    let acme = receiver.verifier().for_tenant("acme", Secrets::one("whsec_acme").unwrap());
    let proof = acme.check(&request.headers, &request.body, NOW).unwrap();
    assert_eq!(proof.tenant.as_deref(), Some("acme"));
}

#[tokio::test(start_paused = true)]
async fn a_secret_in_the_path_does_not_become_the_name_of_a_tenant() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let names = Arc::clone(&asked);
    let tenants = Tenants::new(move |name| {
        names.lock().unwrap().push(name.to_string());
        async move { if &*name == "acme" { Secrets::one("of-acme").map(Some) } else { Ok(None) } }
    });
    let sender = PlainSender::new("plain", Credential::Path, Layout::new().with_id("/id"));
    let receiver = Receiver::builder_of(sender, "test", tenants, Shaky::default()).build().unwrap();
    let verdict = async |path: &str| {
        let mut body = Some(Ok(Bytes::from_static(br#"{"id":"1"}"#)));
        let headers = http::HeaderMap::new();
        let head = Head::post(&headers).with_path(path);
        let accepted = adapter::accept(&receiver, head, move |_: &mut Context<'_>| Poll::Ready(body.take())).await;
        accepted.map(|accepted| accepted.delivery.tenant().map(str::to_owned))
    };
    assert_eq!(verdict("/hooks/acme/of-acme").await, Ok(Some("acme".to_owned())));
    let mismatch = VerifyError::CredentialMismatch { credential: Credential::Path };
    assert_eq!(verdict("/hooks/acme/of-globex").await, Err(mismatch.into()));
    assert_eq!(verdict("/of-acme").await, Err(VerifyError::UnknownTenant.into()));
    assert_eq!(*asked.lock().unwrap(), ["acme"], "no secret was looked up");
}
