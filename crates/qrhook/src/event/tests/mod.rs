//! Events of a custom sender.

mod misfit;
mod payloads;
mod plain;
mod read_field;

use bytes::Bytes;

use super::*;
use crate::body::{BodyProblem, Content};

const ENVELOPE: Envelope = Envelope::new("id", "type").with_created_at("at").with_data("order");

/// Does not even implement `Debug`.
#[derive(serde::Deserialize)]
struct Order {
    total: u64,
}

fn decode(body: &str, envelope: &Envelope) -> Decoded<JsonEvent<Typed<Order>>> {
    JsonEvent::decode(Content::Body(&Bytes::copy_from_slice(body.as_bytes())), envelope).expect("an event")
}

fn odd(oddities: Oddities) -> Vec<String> {
    oddities.into_vec().iter().map(ToString::to_string).collect()
}

#[test]
fn data_that_does_not_fit_is_named_with_its_reason() {
    let cases = [
        (r#","order":{"total":"s3cret"}"#, "`order.total` does not fit: invalid type: string, expected u64"),
        (r#","order":{}"#, "`order` does not fit: missing field `total`"),
        (r#","order":null"#, "`order` does not fit: invalid type: null, expected struct Order"),
        ("", "`order` is missing"),
    ];
    for (member, expected) in cases {
        let Decoded { event, oddities, .. } = decode(&format!(r#"{{"id":"1","type":"paid"{member}}}"#), &ENVELOPE);
        assert!(event.payload.data.is_none(), "{member}");
        assert_eq!(event.event_type(), Some("paid"), "{member}");
        assert_eq!(odd(oddities), [expected], "{member}");
    }
}

#[test]
fn a_payload_that_is_the_whole_body_is_named_so() {
    let envelope = Envelope::new("id", "type");
    let Decoded { event, oddities, .. } = decode(r#"{"id":"1","total":7}"#, &envelope);
    assert_eq!((event.payload.data.map(|order| order.total), odd(oddities)), (Some(7), vec![]));
    let Decoded { event, oddities, .. } = decode(r#"{"id":"1","total":[]}"#, &envelope);
    assert!(event.payload.data.is_none() && event.created_at.is_none());
    assert_eq!(odd(oddities), ["`body.total` does not fit: invalid type: sequence, expected u64"]);
}

#[test]
fn a_repeated_member_is_neither_refused_nor_odd() {
    let Decoded { event, oddities, .. } = decode(r#"{"id":"1","order":{"total":1,"total":2}}"#, &ENVELOPE);
    assert_eq!((event.payload.data.map(|order| order.total), odd(oddities)), (Some(2), vec![]));
}

#[test]
fn debug_shows_no_data_of_a_type_of_ones_own() {
    let Decoded { event, .. } = decode(r#"{"id":"1","type":"paid","order":{"total":733}}"#, &ENVELOPE);
    let shown = format!("{event:?}");
    assert!(shown.contains(r#"Typed { event_type: Some("paid"), data: Some(***) }"#), "{shown}");
    assert!(!shown.contains("733"), "{shown}");
}

#[test]
fn an_event_needs_an_object_with_an_id() {
    for (body, problem) in [("[]", BodyProblem::NotAnObject), ("{}", BodyProblem::NoId { field: "id" })] {
        let body = Bytes::from_static(body.as_bytes());
        let refused = JsonEvent::<Typed<Order>>::decode(Content::Body(&body), &ENVELOPE);
        assert_eq!(refused.err(), Some(problem));
    }
}
