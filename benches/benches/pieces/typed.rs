//! A signature and the typed event.

use std::hint::black_box;

use qrhook::{Provider, UnixTime, codeqr::CodeQr, qrstudio::QrStudio};
use qrhook_benches::bodies;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use webhook_verify::Provider as Of;

use super::{peer::Peer, spent::Criterion, verify};

/// A user's own struct for `scan.created`.
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

fn parse<E: DeserializeOwned>(body: &[u8]) -> E {
    serde_json::from_str(std::str::from_utf8(body).expect("UTF-8")).expect("an event")
}

/// A user's own struct for `page.updated`.
#[derive(Deserialize)]
#[expect(dead_code, reason = "they are read, and that is all")]
#[serde(rename_all = "camelCase")]
struct PageEvent {
    id: String,
    event: String,
    created_at: String,
    data: PageData,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "they are read, and that is all")]
struct PageData {
    page: Page,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "they are read, and that is all")]
#[serde(rename_all = "camelCase")]
struct Page {
    id: String,
    domain: Option<String>,
    key: Option<String>,
    name: Option<String>,
    r#type: Option<String>,
    project_id: Option<String>,
    user_id: Option<String>,
    views: Option<u64>,
    created_at: Option<String>,
    updated_at: Option<String>,
    /// Unread, like ours.
    items: Option<Box<RawValue>>,
}

/// A scan with a long string, and one with an unknown member, which ours keeps and the others skip.
pub fn scan(c: &mut Criterion) {
    for size in [512, 4 << 10, 64 << 10] {
        compare::<QrStudio, Event>(c, &format!("typed-{size}"), bodies::scan(size));
    }
    for size in [4 << 10, 64 << 10] {
        compare::<QrStudio, Event>(c, &format!("typed-unknown-{size}"), bodies::scan_with_unknown(size - 500));
    }
}

/// A page with 100 KiB of blocks.
pub fn page(c: &mut Criterion) {
    compare::<CodeQr, PageEvent>(c, "page-102400", bodies::page(100 << 10));
}

fn compare<P: Provider + Default, E: DeserializeOwned>(c: &mut Criterion, name: &str, body: String) {
    let mut group = c.benchmark_group(name);
    let now = UnixTime::now();
    let (signed, verifier) = verify::signed::<P>(body, now);
    let header = signed.headers.keys().find(|name| name.as_str().ends_with("-signature")).expect("the sender signs");
    let timed = verifier.window().is_some();
    let (limit, time, mac) = verify::limit(&signed.body, timed.then_some(now));
    group.bench_function("limit", |b| {
        b.iter(|| {
            assert!(limit.matches(&[time.as_bytes(), black_box(&signed.body)], &mac));
            parse::<E>(&signed.body)
        });
    });
    group.bench_function("qrhook", |b| {
        b.iter(|| verifier.verify(black_box(&signed.headers), signed.body.clone(), now).expect("authentic"));
    });
    let (of, header_there) =
        if timed { (Of::Stripe, "stripe-signature") } else { (Of::Dropbox, "x-dropbox-signature") };
    let peer = Peer::new(of, now);
    let headers = verify::renamed(&signed.headers, header.as_str(), header_there);
    group.bench_function("webhook-verify and serde_json", |b| {
        b.iter(|| {
            peer.verify(black_box(&headers), &signed.body);
            serde_json::from_slice::<E>(&signed.body).expect("an event")
        });
    });
    group.finish();
}
