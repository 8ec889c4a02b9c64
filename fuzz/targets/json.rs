//! Any JSON, read as the events of both JSON senders: quickly, and tolerantly.
//!
//! A byte order mark makes the quick reading fail and changes nothing else, so it shows what the tolerant reading says.

#![no_main]

use std::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use qrhook::{
    codeqr,
    event::{Envelope, JsonEvent, JsonPayload},
    provider::Content,
    qrstudio,
};
use qrhook_fuzz::body;

const STUDIO: Envelope = Envelope::new("id", "type").with_created_at("created_at").with_data("data");
const CODE: Envelope = Envelope::new("id", "event").with_created_at("createdAt").with_data("data");
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

fn agree<P: JsonPayload + PartialEq + Debug>(data: &[u8], envelope: &Envelope) {
    // The mark in front would be the second one. A body with it is repaired, which also replaces lone surrogates.
    let repairable = data.starts_with(BYTE_ORDER_MARK)
        || std::str::from_utf8(data).is_err()
        || data.windows(3).any(|escape| escape.eq_ignore_ascii_case(b"\\ud"));
    if repairable {
        return drop(JsonEvent::<P>::decode(Content::Body(&body(data)), envelope));
    }
    let quick = JsonEvent::<P>::decode(Content::Body(&body(data)), envelope);
    let marked = body(&[BYTE_ORDER_MARK, data].concat());
    let tolerant = JsonEvent::<P>::decode(Content::Body(&marked), envelope);
    match (quick, tolerant) {
        (Ok(quick), Ok(tolerant)) => assert_eq!(quick.event, tolerant.event),
        (Err(quick), Err(tolerant)) => assert_eq!(quick, tolerant),
        (quick, tolerant) => panic!("quick {quick:?}, tolerant {tolerant:?}"),
    }
}

fuzz_target!(|data: &[u8]| {
    agree::<qrstudio::Payload>(data, &STUDIO);
    agree::<codeqr::Payload>(data, &CODE);
});
