//! Enums of payloads that are declared as tables.
#![expect(unreachable_pub, reason = "the tables declare public types")]

use bytes::Bytes;

use super::{super::*, odd};
use crate::event::{object::object, payloads::payloads};

object! {
    /// A scan.
    pub struct Scanned {
        /// The code.
        "code" => code: String;
        /// How often it was scanned.
        "count" => count: u64;
    }
}

payloads! {
    /// Payloads.
    pub enum Payload, scan common_scan {
        /// A test.
        "ping" => Pinged(Scanned);
        /// A scan.
        "scanned" | "scan.created" => Scanned { Box<Scanned> };
        /// Other types.
        "made" | "lost" => Other { Option<RawJson> };
    }
}

fn common_scan(payload: &Payload) -> Option<Scan<'_>> {
    let Payload::Scanned { data, .. } = payload else { return None };
    Some(Scan { code: data.code.as_deref(), ..Scan::of("test") })
}

fn decode(event_type: Option<&str>, data: Option<&str>) -> (Payload, Vec<String>) {
    let body = Bytes::copy_from_slice(data.unwrap_or_default().as_bytes());
    let data = data.map(|json| Source::new(&body).keep(json));
    let mut oddities = Oddities::default();
    let payload = Payload::decode(event_type.map(str::to_owned), data.as_ref(), "data", &mut oddities);
    (payload, odd(oddities))
}

fn scanned(code: &str) -> Scanned {
    Scanned { code: Some(code.to_owned()), ..Scanned::default() }
}

#[test]
fn types_that_share_a_variant_keep_their_names() {
    for event_type in ["scanned", "scan.created"] {
        let (payload, oddities) = decode(Some(event_type), Some(r#"{"code":"a"}"#));
        assert_eq!(payload, Payload::Scanned { event_type, data: Box::new(scanned("a")) });
        assert_eq!((payload.event_type(), payload.known_type()), (Some(event_type), Some(event_type)));
        assert_eq!(payload.scan(), Some(Scan { code: Some("a"), ..Scan::of("test") }));
        assert_eq!(oddities, [""; 0], "{event_type}");
    }
    let (payload, _) = decode(Some("ping"), Some(r#"{"code":"a"}"#));
    assert_eq!((payload.event_type(), payload.known_type()), (Some("ping"), Some("ping")));
    assert_eq!(payload.scan(), None);
    assert_eq!(payload, Payload::Pinged(scanned("a")));
}

#[test]
fn data_without_known_members_is_kept() {
    let (payload, oddities) = decode(Some("lost"), Some("[1]"));
    assert_eq!((payload.event_type(), payload.known_type()), (Some("lost"), Some("lost")));
    let Payload::Other { data: Some(data), .. } = payload else { panic!("{payload:?}") };
    assert_eq!((data.as_str(), oddities), ("[1]", vec![]));
    assert_eq!(decode(Some("made"), None), (Payload::Other { event_type: "made", data: None }, vec![]));
}

#[test]
fn an_unknown_type_keeps_its_name_and_data() {
    for event_type in [Some("Scanned"), None] {
        let (payload, oddities) = decode(event_type, Some(r#"{"code":"a"}"#));
        assert_eq!((payload.event_type(), payload.known_type(), payload.scan()), (event_type, None, None));
        let Payload::Unknown { data: Some(data), .. } = payload else { panic!("{payload:?}") };
        assert_eq!((data.as_str(), oddities), (r#"{"code":"a"}"#, vec![]));
    }
}

#[test]
fn what_does_not_fit_is_noted_and_the_rest_is_read() {
    for (data, expected, oddity) in [
        (Some(r#"{"code":"a","count":-1}"#), scanned("a"), "`data.count` is not a non-negative whole number"),
        (Some("[]"), Scanned::default(), "`data` is not an object"),
        (Some("null"), Scanned::default(), "`data` is missing"),
        (None, Scanned::default(), "`data` is missing"),
    ] {
        let (payload, oddities) = decode(Some("ping"), data);
        assert_eq!((payload, oddities), (Payload::Pinged(expected), vec![oddity.to_owned()]), "{data:?}");
    }
}
