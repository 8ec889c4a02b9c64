//! A signature and the typed event behind it.

use std::hint::black_box;

use criterion::Criterion;
use qrhook::{UnixTime, codeqr::CodeQr};
use serde::{Deserialize, de::IgnoredAny};
use webhook_verify::{Provider as Peer, Secret as PeerSecret, VerifyOptions};

use super::verify;
use qrhook_benches::bodies;

/// What a user would write for `scan.created`.
#[derive(Deserialize)]
#[expect(dead_code, reason = "they are read, and that is all")]
struct Event {
    id: String,
    r#type: String,
    created_at: String,
    data: Scan,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "they are read, and that is all")]
struct Scan {
    short_id: Option<String>,
    name: Option<String>,
    owner_id: Option<u64>,
    destination_url: Option<String>,
    scanned_at: Option<String>,
    country: Option<String>,
    city: Option<String>,
    device_family: Option<String>,
    os_family: Option<String>,
    browser_family: Option<String>,
    referer: Option<String>,
    user_agent: Option<String>,
    is_bot: Option<bool>,
    variant_label: Option<String>,
}

fn parse(body: &[u8]) -> Event {
    serde_json::from_str(std::str::from_utf8(body).expect("UTF-8")).expect("an event")
}

pub fn scan(c: &mut Criterion) {
    for size in [512, 4096, 65536] {
        let mut group = c.benchmark_group(format!("typed-{size}"));
        let now = UnixTime::now();
        let (signed, verifier) = verify::signed_scan(size, now);
        let (limit, time, mac) = verify::limit(&signed.body, Some(now));
        group.bench_function("limit", |b| {
            b.iter(|| {
                assert!(limit.matches(&[time.as_bytes(), black_box(&signed.body)], &mac));
                parse(&signed.body)
            });
        });
        group.bench_function("qrhook", |b| {
            b.iter(|| {
                verifier.verify(black_box(&signed.headers), signed.body.clone(), UnixTime::now()).expect("authentic")
            });
        });
        let headers = verify::renamed(&signed.headers, "x-qrstudio-signature", "stripe-signature");
        let secret = PeerSecret::new(verify::SECRET);
        group.bench_function("webhook-verify and serde_json", |b| {
            b.iter(|| {
                let options = VerifyOptions::default();
                webhook_verify::verify(Peer::Stripe, black_box(&headers), &signed.body, &secret, options)
                    .expect("authentic");
                serde_json::from_slice::<Event>(&signed.body).expect("an event")
            });
        });
        group.finish();
    }
}

/// A page of 100 KiB, whose blocks are not known. The limit goes through the JSON and keeps nothing of it.
pub fn page(c: &mut Criterion) {
    let mut group = c.benchmark_group("page-100k");
    let now = UnixTime::now();
    let (signed, verifier) = verify::signed::<CodeQr>(bodies::page(100 << 10), now);
    let (limit, _, mac) = verify::limit(&signed.body, None);
    group.bench_function("limit", |b| {
        b.iter(|| {
            assert!(limit.matches(&[black_box(&signed.body)], &mac));
            let text = std::str::from_utf8(&signed.body).expect("UTF-8");
            serde_json::from_str::<IgnoredAny>(text).expect("JSON")
        });
    });
    group.bench_function("qrhook", |b| {
        b.iter(|| verifier.verify(black_box(&signed.headers), signed.body.clone(), now).expect("authentic"));
    });
    group.finish();
}
