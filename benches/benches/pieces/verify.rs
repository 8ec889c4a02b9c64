//! A signature without the event.

use std::{hint::black_box, sync::Arc};

use http::HeaderMap;
use qrhook::{Provider, Secret, Secrets, UnixTime, Verifier, codeqr::CodeQr, qrstudio::QrStudio, testing};
use stripe_webhook::{Webhook, WebhookError};
use webhook_verify::Provider as Of;

use super::{
    peer::Peer,
    spent::{Criterion, Group},
};

use qrhook_benches::{bodies, limit::Limit, subjects::SECRET};

const SIZES: [usize; 4] = [512, 4096, 65536, 1 << 20];

/// `t=,v1=`, as used by QR Studio and Stripe.
pub fn timestamped(c: &mut Criterion) {
    for size in SIZES {
        let body = bodies::scan(size);
        let mut group = c.benchmark_group(format!("verify-{size}"));
        let now = UnixTime::now();
        let time = now.as_secs().to_string();
        let limit = Limit::new(SECRET);
        let mac = limit.mac(&[time.as_bytes(), b".", body.as_bytes()]);
        group.bench_function("limit", |b| {
            b.iter(|| assert!(limit.matches(&[time.as_bytes(), b".", black_box(body.as_bytes())], &mac)));
        });

        let signed = testing::sign::<QrStudio>(SECRET, body.clone(), now);
        let verifier = Verifier::<QrStudio>::new(Secrets::one(SECRET).expect("a secret")).with_body_limit(2 << 20);
        group.bench_function("qrhook", |b| {
            b.iter(|| verifier.check(black_box(&signed.headers), &signed.body, now).expect("authentic"));
        });

        let headers = renamed(&signed.headers, "x-qrstudio-signature", "stripe-signature");
        let peer = Peer::new(Of::Stripe, now);
        group.bench_function("webhook-verify", |b| b.iter(|| peer.verify(black_box(&headers), body.as_bytes())));
        stripe(&mut group, &body, now);
        standard(&mut group, &body, now);
        group.finish();
    }
}

/// async-stripe has no function for the signature alone, so its body is not JSON, and its parser stops at the first
/// byte. It takes strings, which its caller must make from the header and the body.
fn stripe(group: &mut Group<'_>, body: &str, now: UnixTime) {
    let body = format!("-{body}");
    let signed = testing::sign::<QrStudio>(SECRET, body, now);
    group.bench_function("async-stripe-webhook", |b| {
        b.iter(|| {
            let signature = black_box(&signed.headers)["x-qrstudio-signature"].to_str().expect("ASCII");
            let body = std::str::from_utf8(&signed.body).expect("UTF-8");
            let event = Webhook::construct_event_with_timestamp(body, signature, SECRET, now.as_secs());
            assert!(matches!(event, Err(WebhookError::BadParse(_))), "authentic, but not an event");
        });
    });
}

/// The same work in the scheme of Standard Webhooks: three headers and base64.
fn standard(group: &mut Group<'_>, body: &str, now: UnixTime) {
    let svix = svix::webhooks::Webhook::new(SECRET).expect("a secret");
    let signature = svix.sign("msg_1", now.as_secs(), body.as_bytes()).expect("signed");
    let mut headers = HeaderMap::new();
    for (name, value) in
        [("webhook-id", "msg_1"), ("webhook-timestamp", &now.as_secs().to_string()), ("webhook-signature", &signature)]
    {
        headers.insert(http::HeaderName::try_from(name).expect("a name"), value.parse().expect("a value"));
    }
    group.bench_function("svix", |b| b.iter(|| svix.verify(black_box(body.as_bytes()), &headers).expect("authentic")));
    let standard = standardwebhooks::Webhook::new(SECRET).expect("a secret");
    group.bench_function("standardwebhooks", |b| {
        b.iter(|| standard.verify(black_box(body.as_bytes()), &headers).expect("authentic"));
    });
}

/// Bare hex over the raw body, as used by CodeQR and Dropbox.
pub fn bare_hex(c: &mut Criterion) {
    let body = bodies::scan(512);
    let mut group = c.benchmark_group("bare-hex-512");
    let limit = Limit::new(SECRET);
    let mac = limit.mac(&[body.as_bytes()]);
    group.bench_function("limit", |b| b.iter(|| assert!(limit.matches(&[black_box(body.as_bytes())], &mac))));
    let now = UnixTime::now();
    let signed = testing::sign::<CodeQr>(SECRET, body.clone(), now);
    let verifier = Verifier::<CodeQr>::new(Secrets::one(SECRET).expect("a secret"));
    group.bench_function("qrhook", |b| {
        b.iter(|| verifier.check(black_box(&signed.headers), &signed.body, now).expect("authentic"));
    });
    let headers = renamed(&signed.headers, "codeqr-signature", "x-dropbox-signature");
    let peer = Peer::new(Of::Dropbox, now);
    group.bench_function("webhook-verify", |b| b.iter(|| peer.verify(black_box(&headers), body.as_bytes())));
    group.finish();
}

/// Several secrets, of which the last one matches.
pub fn secrets(c: &mut Criterion) {
    let body = bodies::scan(512);
    for count in [1_usize, 4, 16] {
        let mut group = c.benchmark_group(format!("secrets-{count}"));
        let now = UnixTime::now();
        let time = now.as_secs().to_string();
        let limit = Limit::new(SECRET);
        let mac = limit.mac(&[time.as_bytes(), b".", body.as_bytes()]);
        // One MAC for each secret.
        group.bench_function("limit", |b| {
            b.iter(|| {
                for _ in 0..count {
                    assert!(limit.matches(&[time.as_bytes(), b".", black_box(body.as_bytes())], &mac));
                }
            });
        });
        let others = (1..count).map(|number| Secret::new(&format!("whsec_{number}")).expect("a secret"));
        let secrets = Secrets::new(others.chain([Secret::new(SECRET).expect("a secret")])).expect("secrets");
        let signed = testing::sign::<QrStudio>(SECRET, body.clone(), now);
        let verifier = Arc::new(Verifier::<QrStudio>::new(secrets));
        group.bench_function("qrhook", |b| {
            b.iter(|| verifier.check(black_box(&signed.headers), &signed.body, now).expect("authentic"));
        });
        group.finish();
    }
}

/// The signature in another sender's header, without the other headers.
pub fn renamed(headers: &HeaderMap, from: &str, to: &'static str) -> HeaderMap {
    let mut renamed = HeaderMap::new();
    renamed.insert(to, headers[from].clone());
    renamed
}

/// A signed request and its verifier.
pub fn signed<P: Provider + Default>(body: String, now: UnixTime) -> (testing::SignedRequest, Verifier<P>) {
    (
        testing::sign::<P>(SECRET, body, now),
        Verifier::new(Secrets::one(SECRET).expect("a secret")).with_body_limit(2 << 20),
    )
}

/// The limit for a body, the text before the body, and their MAC.
pub fn limit(body: &[u8], now: Option<UnixTime>) -> (Limit, String, Vec<u8>) {
    let limit = Limit::new(SECRET);
    let time = now.map(|now| format!("{}.", now.as_secs())).unwrap_or_default();
    let mac = limit.mac(&[time.as_bytes(), body]);
    (limit, time, mac)
}
