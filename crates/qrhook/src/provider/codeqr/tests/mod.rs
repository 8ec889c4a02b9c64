//! The contents of the samples, variants and vectors, and the treatment of everything else.

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/fixtures/codeqr/samples/", $name, ".json"))
    };
}

macro_rules! variant {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/fixtures/codeqr/variants/", $name, ".json"))
    };
}

macro_rules! payload {
    ($variant:ident, $body:expr) => {
        match payload($body) {
            Payload::$variant(payload) => payload,
            other => panic!("not {}: {other:?}", stringify!($variant)),
        }
    };
}

mod debug;
mod misfits;
mod proof;
mod published;
mod samples;
mod scan;
mod variants;

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::{Secrets, Timestamp, UnixTime, VerifyError, event::Oddity, verify};

const SAMPLES: [(&str, &str); 15] = [
    ("link.created", sample!("link.created")),
    ("link.updated", sample!("link.updated")),
    ("link.deleted", sample!("link.deleted")),
    ("qrcode.created", sample!("qrcode.created")),
    ("qrcode.updated", sample!("qrcode.updated")),
    ("qrcode.deleted", sample!("qrcode.deleted")),
    ("page.created", sample!("page.created")),
    ("page.updated", sample!("page.updated")),
    ("page.deleted", sample!("page.deleted")),
    ("lead.created", sample!("lead.created")),
    ("sale.created", sample!("sale.created")),
    ("partner.enrolled", sample!("partner.enrolled")),
    ("link.clicked", sample!("link.clicked")),
    ("qrcode.scanned", sample!("qrcode.scanned")),
    ("page.visited", sample!("page.visited")),
];

const VARIANTS: [(&str, &str); 8] = [
    ("lead.created", variant!("lead.created.from-qrcode")),
    ("link.clicked", variant!("link.clicked.raw-interaction")),
    ("link.created", variant!("link.created.nested")),
    ("link.created", variant!("link.created.repeated-key")),
    ("page.visited", variant!("page.visited.no-page")),
    ("partner.enrolled", variant!("partner.enrolled.nested")),
    ("sale.created", variant!("sale.created.camel-no-interaction")),
    ("page.feedback_received", variant!("unknown-event")),
];

fn decode(body: impl AsRef<str>) -> (Event, Vec<(String, String)>) {
    let body = Bytes::copy_from_slice(body.as_ref().as_bytes());
    let Decoded { event, oddities } = CodeQr.decode(Content::Body(&body)).expect("an authentic event is not refused");
    let oddities = oddities.into_vec().into_iter().map(|Oddity { field, reason, .. }| (field, reason.into_owned()));
    (event, oddities.collect())
}

/// The event's payload; fails if the event has oddities.
fn payload(body: &str) -> Payload {
    let (event, oddities) = decode(body);
    assert_eq!(oddities, [], "{:?}", event.event_type());
    event.payload
}

fn event(event_type: &str, data: &Value) -> String {
    json!({ "id": "evt_1", "event": event_type, "createdAt": "2026-03-14T09:00:00.123Z", "data": data }).to_string()
}

fn text(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

fn time(time: &Option<Timestamp>) -> Option<i128> {
    time.as_ref().and_then(Timestamp::unix_nanos).map(|nanos| nanos / 1_000_000)
}
