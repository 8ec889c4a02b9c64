mod hostile;
mod odd;
mod samples;
mod work;

use super::*;
use crate::{
    Delivery, Secret, Secrets, UnixTime, Verifier, VerifyError,
    body::Form,
    event::{Identity, WebhookEvent as _},
    store,
};

const TOKEN: &str = "FAKE-secret-token-do-not-use";
const V2_TOKEN: &str = "secret:DEMO.EXAMPLE:0000000:NOT-A-REAL-KEY";
const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=QRPLANETSAMPLEBOUNDARY";
const JSON: &str = "application/json";

macro_rules! fixture {
    ($path:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/qrplanet/", $path))
    };
}
use fixture;

fn verifier() -> Verifier<QrPlanet> {
    let secrets = [Secret::new(TOKEN).unwrap().with_label("v1"), Secret::new(V2_TOKEN).unwrap().with_label("v2")];
    Verifier::new(Secrets::new(secrets).unwrap())
}

fn receive(content_type: &str, body: impl Into<Vec<u8>>) -> Result<Delivery<QrPlanet>, VerifyError> {
    let (verifier, now) = (verifier(), UnixTime::from_secs(1_773_478_800));
    let request = verifier.read(&crate::Head::post(&[("content-type", content_type)]))?;
    verifier.complete_for_a_store(&request.unverified, body.into().into(), verifier.whose(), now)
}

/// The delivery of an authentic body.
fn deliver(content_type: &str, body: impl Into<Vec<u8>>) -> Delivery<QrPlanet> {
    let delivery = receive(content_type, body).expect("an authentic event");
    let (debug, raw) = (format!("{delivery:?}"), String::from_utf8(delivery.raw().to_vec()).expect("url-encoded"));
    for token in [TOKEN, V2_TOKEN, "NOT-A-REAL-KEY", "secrettoken"] {
        assert!(!debug.contains(token) && !raw.contains(token), "the token is gone: {debug} {raw}");
    }
    let again = store::fingerprint(&Form::read_encoded(delivery.raw()).sorted());
    assert_eq!(delivery.fingerprint, Some(again), "however the form was encoded: {raw}");
    delivery
}

/// The delivery of an authentic url-encoded body with these parameters.
fn form(parameters: &str) -> Delivery<QrPlanet> {
    deliver(URLENCODED, format!("secrettoken={TOKEN}&{parameters}"))
}

fn oddities(delivery: &Delivery<QrPlanet>) -> Vec<(&str, &str)> {
    delivery.oddities().iter().map(|oddity| (oddity.field.as_str(), &*oddity.reason)).collect()
}

fn discriminated(event: &Event) -> bool {
    event.identity() == Identity::Content { discriminated: true }
}
