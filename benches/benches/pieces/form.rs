//! A form with its token, verified and typed.

use std::hint::black_box;

use bytes::Bytes;
use http::HeaderMap;
use qrhook::{Secrets, UnixTime, Verifier, qrplanet::QrPlanet};
use serde::Deserialize;

use qrhook_benches::bodies;

use super::spent::Criterion;

const TOKEN: &str = "FAKE-0123456789abcdef0123456789abcdef";

#[derive(Deserialize)]
#[expect(dead_code, reason = "the fields are only parsed")]
struct Scan {
    event: String,
    timestamp: Option<String>,
    user: Option<String>,
    code: Option<String>,
    redirects: Option<u64>,
    visitors: Option<u64>,
    device: Option<String>,
    os: Option<String>,
    country: Option<String>,
    lng: Option<f64>,
    lat: Option<f64>,
    secrettoken: String,
}

pub fn form(c: &mut Criterion) {
    let mut group = c.benchmark_group("form");
    let body = Bytes::from(format!("{}&secrettoken={TOKEN}", bodies::FORM));
    // It verifies nothing.
    group.bench_function("limit", |b| {
        b.iter(|| serde_urlencoded::from_bytes::<Scan>(black_box(&body)).expect("a form"));
    });
    let mut headers = HeaderMap::new();
    headers.insert(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().expect("a value"));
    let verifier = Verifier::<QrPlanet>::new(Secrets::one(TOKEN).expect("a secret"));
    let now = UnixTime::now();
    group.bench_function("qrhook", |b| {
        b.iter(|| verifier.verify(black_box(&headers), body.clone(), now).expect("authentic"));
    });
    group.finish();
}
