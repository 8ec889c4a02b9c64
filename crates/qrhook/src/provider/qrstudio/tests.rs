//! The vendor's samples, the odd variants, and other forms of an authentic event.

use super::*;
use crate::{
    Delivery, Secrets, UnixTime, delivery::Verifier, event::RawJson, testing::sign, time::Timestamp,
    verify::VerifyError,
};

const SECRET: &str = "whsec_test";
const NOW: UnixTime = UnixTime::from_secs(1_778_335_283);

macro_rules! fixture {
    ($path:literal) => {
        include_str!(concat!("../../../tests/fixtures/qrstudio/", $path, ".json"))
    };
}

fn deliver(body: &str) -> Delivery<QrStudio> {
    let request = sign::<QrStudio>(SECRET, body.to_owned(), NOW);
    let verifier = Verifier::new(Secrets::one(SECRET).expect("a secret"));
    verifier.verify(&request.headers, request.body, NOW).expect("an authentic event")
}

/// A delivery without oddities or unknown members.
fn plain(body: &str) -> Delivery<QrStudio> {
    let delivery = deliver(body);
    assert_eq!(delivery.oddities(), [], "{body}");
    assert!(delivery.event().extra.is_empty(), "{body}");
    delivery
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_scan_has_every_field() {
    let delivery = plain(fixture!("samples/scan.created"));
    assert_eq!((delivery.id(), delivery.event_type()), (Some("evt_aBc12dEf"), Some("scan.created")));
    assert_eq!(delivery.created_at().map(Timestamp::as_str), Some("2026-05-09T14:01:23Z"));
    let expected = ScanCreated {
        short_id: text("aBc12dEf"),
        name: text("Spring 2026 menu"),
        owner_id: Some(42),
        destination_url: text("https://example.com/menus/spring-2026"),
        scanned_at: Some(Timestamp::from_text("2026-05-09T14:01:23.451Z")),
        country: text("CA"),
        city: text("Montreal"),
        device_family: text("iPhone"),
        os_family: text("iOS"),
        browser_family: text("Safari"),
        referer: text("https://google.com/"),
        user_agent: text("Mozilla/5.0 ..."),
        is_bot: Some(false),
        variant_label: text("(default)"),
        ..ScanCreated::default()
    };
    assert_eq!(delivery.event().payload, Payload::ScanCreated(expected));
}

#[test]
fn the_common_view_of_a_scan() {
    let delivery = plain(fixture!("samples/scan.created"));
    let scan = delivery.scan().expect("a scan");
    assert_eq!((scan.sender, scan.code, scan.country), ("qrstudio", Some("aBc12dEf"), Some("CA")));
    assert_eq!((scan.device, scan.os, scan.browser), (Some("iPhone"), Some("iOS"), Some("Safari")));
    assert_eq!((scan.city, scan.bot, scan.referer), (Some("Montreal"), Some(false), Some("https://google.com/")));
    assert_eq!(scan.time.map(Timestamp::as_str), Some("2026-05-09T14:01:23.451Z"));
    assert_eq!(plain(fixture!("samples/dynamic_qr.created")).scan(), None);
    let timeless = deliver(r#"{"id":"1","type":"scan.created","created_at":"2026-05-09T14:01:23Z","data":{}}"#);
    let time = timeless.scan().and_then(|scan| scan.time.map(Timestamp::as_str));
    assert_eq!(time, Some("2026-05-09T14:01:23Z"), "the event's time, when the scan has none");
}

#[test]
fn the_other_samples_are_typed() {
    let created = DynamicQr {
        short_id: text("aBc12dEf"),
        name: text("Spring 2026 menu"),
        destination_url: text("https://example.com/menus/spring-2026"),
        owner_id: Some(42),
        ..DynamicQr::default()
    };
    let updated = DynamicQr {
        name: text("Summer 2026 menu"),
        destination_url: text("https://example.com/menus/summer-2026"),
        is_active: Some(true),
        variants: Some(vec![]),
        updated_at: Some(Timestamp::from_text("2026-05-10T08:30:00Z")),
        ..created.clone()
    };
    let quota = |used, remaining, threshold| Quota {
        owner_id: Some(42),
        plan: text("pro"),
        monthly_quota: Some(5000),
        used_this_month: Some(used),
        remaining: Some(remaining),
        credits_remaining: Some(0),
        threshold: Some(threshold),
        ..Quota::default()
    };
    let cases = [
        (fixture!("samples/dynamic_qr.created"), Payload::DynamicQrCreated(created)),
        (fixture!("samples/dynamic_qr.updated"), Payload::DynamicQrUpdated(updated)),
        (fixture!("samples/quota.threshold_75"), Payload::QuotaThreshold75(quota(3750, 1250, 75))),
        (fixture!("samples/quota.threshold_100"), Payload::QuotaThreshold100(quota(5000, 0, 100))),
    ];
    for (body, expected) in cases {
        assert_eq!(plain(body).event().payload, expected, "{body}");
    }
}

#[test]
fn the_variants_are_read_as_the_page_says() {
    let Payload::ScanCreated(scan) = plain(fixture!("variants/scan.created.no-location")).into_event().payload else {
        panic!("a scan");
    };
    assert_eq!((scan.country, scan.city, scan.referer), (None, None, None), "null and an empty string are the same");
    assert_eq!((scan.name, scan.is_bot), (text("Menü Café Linden ☕"), Some(true)));

    let minimal = DynamicQr { short_id: text("aBc12dEf"), ..DynamicQr::default() };
    let delivery = plain(fixture!("variants/dynamic_qr.updated.minimal"));
    assert_eq!(delivery.event().payload, Payload::DynamicQrUpdated(minimal));

    let delivery = plain(fixture!("variants/unknown-event"));
    let Payload::Unknown { event_type, data: Some(data) } = &delivery.event().payload else { panic!("unknown") };
    assert_eq!(event_type.as_deref(), Some("dynamic_qr.deleted"));
    let data: std::collections::BTreeMap<String, serde::de::IgnoredAny> = data.parse().expect("an object");
    assert_eq!(data.into_keys().collect::<Vec<_>>(), ["short_id", "something_new"]);
}

#[test]
fn numbers_come_in_other_spellings() {
    let body = r#"{"id":"1","type":"quota.threshold_75","data":{"owner_id":"42","monthly_quota":5000.0,"used_this_month":"3750.0"}}"#;
    let Payload::QuotaThreshold75(quota) = plain(body).into_event().payload else { panic!("a quota") };
    assert_eq!((quota.owner_id, quota.monthly_quota, quota.used_this_month), (Some(42), Some(5000), Some(3750)));
}

#[test]
fn a_field_that_does_not_fit_is_missing_and_named() {
    let body = r#"{"id":"1","type":"scan.created","data":{"short_id":["a"],"owner_id":-1,"is_bot":"perhaps","name":"n","new":{"x":1}},"api":2}"#;
    let delivery = deliver(body);
    let odd: Vec<_> = delivery.oddities().iter().map(|oddity| (oddity.field.as_str(), &*oddity.reason)).collect();
    let expected = [
        ("data.short_id", "is not a string"),
        ("data.owner_id", "is not a non-negative whole number"),
        ("data.is_bot", "is not true or false"),
    ];
    assert_eq!(odd, expected);
    let event = delivery.event();
    let Payload::ScanCreated(scan) = &event.payload else { panic!("a scan") };
    assert_eq!((&scan.short_id, scan.owner_id, scan.is_bot, &scan.name), (&None, None, None, &text("n")));
    assert_eq!(scan.extra.get("new").map(|raw| raw.as_str()), Some(r#"{"x":1}"#));
    assert_eq!(event.extra.get("api").map(|raw| raw.as_str()), Some("2"));
    assert_eq!(delivery.raw(), body.as_bytes());
}

#[test]
fn a_time_with_a_fraction_of_a_second_keeps_its_digits() {
    let delivery = plain(fixture!("cases/float-time"));
    let Payload::ScanCreated(scan) = &delivery.event().payload else { panic!("a scan") };
    for time in [delivery.created_at(), scan.scanned_at.as_ref()] {
        let time = time.expect("a time");
        assert_eq!((time.as_str(), time.unix()), ("1778335283.451", Some(NOW)));
        assert_eq!(time.unix_nanos(), Some(1_778_335_283_451_000_000));
    }
}

#[test]
fn a_time_that_is_not_understood_keeps_its_text_and_is_odd() {
    for (json, text) in [
        ("1778335283451", "1778335283451"),
        ("-1", "-1"),
        ("1e10", "1e10"),
        ("true", "true"),
        (r#"{"at":1}"#, r#"{"at":1}"#),
        ("[1]", "[1]"),
        (r#""s3cret""#, "s3cret"),
    ] {
        let delivery = deliver(&format!(
            r#"{{"id":"1","type":"scan.created","created_at":{json},"data":{{"scanned_at":{json},"name":"n"}}}}"#
        ));
        let Payload::ScanCreated(scan) = &delivery.event().payload else { panic!("a scan") };
        assert_eq!(scan.name.as_deref(), Some("n"), "{json}");
        for time in [delivery.created_at(), scan.scanned_at.as_ref()] {
            let time = time.expect("a time");
            assert_eq!((time.as_str(), time.unix(), time.local()), (text, None, None), "{json}");
        }
        let odd: Vec<_> = delivery.oddities().iter().map(ToString::to_string).collect();
        let reason = "is not a time in a known format";
        assert_eq!(odd, [format!("`created_at` {reason}"), format!("`data.scanned_at` {reason}")], "{json}");
        assert!(!format!("{delivery:?}").contains("s3cret"), "{json}");
    }
}

#[test]
fn debug_shows_no_user_agent_and_no_unknown_value() {
    let body = r#"{"id":"1","type":"scan.created","data":{"user_agent":"agent-x","ip":"203.0.113.7"}}"#;
    let shown = format!("{:?}", deliver(body));
    assert!(shown.contains("user_agent: ***") && shown.contains("\"ip\""), "{shown}");
    assert!(!shown.contains("agent-x") && !shown.contains("203.0.113.7"), "{shown}");
}

/// Any body of an authentic sender is an event or a named problem; a body of anyone else is neither.
#[test]
fn no_body_makes_it_panic() {
    let samples = [
        fixture!("samples/scan.created"),
        fixture!("samples/dynamic_qr.updated"),
        fixture!("variants/scan.created.no-location"),
        fixture!("variants/unknown-event"),
    ];
    let verifier = Verifier::<QrStudio>::new(Secrets::one(SECRET).expect("a secret"));
    let pieces: [&[u8]; 12] =
        [b"\"", b"{", b"}", b"[", b"]", b",", b":", b"null", b"-1e999", b"\\ud800", b"\xff", b"\0"];
    // A fixed sequence, so that a failure can be reproduced (Knuth's constants).
    let mut random = 0x5eed_u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap_or(0) % below
    };
    let mut events = 0;
    for round in 0..20_000 {
        let mut body = samples[round % samples.len()].as_bytes().to_vec();
        for _ in 0..=next(3) {
            let at = next(body.len());
            let end = (at + next(12)).min(body.len());
            body.splice(at..end, pieces[next(pieces.len())].iter().copied());
        }
        let request = sign::<QrStudio>(SECRET, body, NOW);
        match verifier.verify(&request.headers, request.body, NOW) {
            Ok(delivery) => {
                events += 1;
                assert!(delivery.id().is_some_and(|id| !id.is_empty()));
                let _ = format!("{delivery:?} {:?}", delivery.scan());
            }
            Err(VerifyError::UnusableBody(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert!(events > 100, "{events} of the bodies were events");
}

#[test]
fn numbers_that_json_does_not_have_are_missing_and_noted() {
    let delivery = deliver(include_str!("../../../tests/fixtures/nan.json"));
    let oddities = |delivery: &Delivery<QrStudio>| -> Vec<_> {
        delivery.oddities().iter().map(|oddity| (oddity.field.clone(), oddity.reason.clone().into_owned())).collect()
    };
    let nan = |field: &str| (field.to_owned(), "is NaN, which is not a number in JSON".to_owned());
    let infinite = ("data.lng".to_owned(), "is -Infinity, which is not a number in JSON".to_owned());
    assert_eq!(oddities(&delivery), [nan("data.lat"), infinite]);
    assert_eq!(delivery.id(), Some("evt_nan1"));
    let Payload::ScanCreated(scan) = &delivery.event().payload else { panic!("a scan") };
    assert_eq!(scan.short_id, text("aBc12dEf"));
    assert_eq!(scan.extra.get("lat").map(RawJson::as_str), Some("null"));

    let body =
        r#"{"id":"e","type":"scan.created","x":[NaN],"data":{"owner_id":NaN,"city":NaN,"is_bot":nan,"name":"NaN"}}"#;
    let delivery = deliver(body);
    assert_eq!(oddities(&delivery), [nan("x"), nan("data.owner_id"), nan("data.city"), nan("data.is_bot")]);
    let Payload::ScanCreated(scan) = &delivery.event().payload else { panic!("a scan") };
    assert_eq!(*scan, ScanCreated { name: text("NaN"), ..ScanCreated::default() });
    assert_eq!(delivery.event().extra.get("x").map(RawJson::as_str), Some("[null]"));
    assert_eq!(delivery.raw(), body, "the raw body stays raw");
}

#[test]
fn control_characters_in_texts_are_what_they_are() {
    let id = |body: &str| {
        let delivery = deliver(body);
        assert_eq!(delivery.oddities().len(), 1, "{body}");
        delivery.id().map(str::to_owned)
    };
    assert_eq!(id("{\"id\":\"a\tb\"}"), text("a\tb"));
    assert_eq!(id("{\"id\":\"a\nb\"}"), text("a\nb"), "two ids stay two");
}
