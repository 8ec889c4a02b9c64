//! Events whose members are found by pointers.

use bytes::Bytes;

use super::{super::*, odd};
use crate::body::{BodyProblem, Content};

const LAYOUT: Layout =
    Layout::new().with_id("/data/scan~1id").with_type("/type").with_created_at("/at").with_data("/data");

fn read(body: &str) -> (Result<PlainEvent, BodyProblem>, Vec<String>) {
    let body = Bytes::copy_from_slice(body.as_bytes());
    match PlainEvent::decode(Content::Body(&body), &LAYOUT) {
        Ok(Decoded { event, oddities, .. }) => {
            (Ok(event), oddities.into_vec().iter().map(|oddity| oddity.field.to_string()).collect())
        }
        Err(problem) => (Err(problem), Vec::new()),
    }
}

#[test]
fn members_are_found_by_their_pointers() {
    let (event, oddities) =
        read(r#"{"at":"2026-05-09T14:01:23Z","type":"no","type":"scan","data":{"scan\/id":"evt_1","n":1.50}}"#);
    let event = event.unwrap();
    assert_eq!((event.id.as_deref(), event.event_type.as_deref()), (Some("evt_1"), Some("scan")));
    assert_eq!(WebhookEvent::created_at(&event).map(|time| time.as_str()), Some("2026-05-09T14:01:23Z"));
    assert_eq!(event.data.unwrap().as_str(), r#"{"scan\/id":"evt_1","n":1.50}"#);
    assert_eq!(oddities, [""; 0]);
}

#[test]
fn a_whole_number_is_kept_as_its_digits() {
    let (event, oddities) = read(r#"{"at":1778335283,"type":7,"data":{"scan/id":18446744073709551616}}"#);
    let event = event.unwrap();
    assert_eq!((event.id.as_deref(), event.event_type.as_deref()), (Some("18446744073709551616"), Some("7")));
    assert_eq!(event.created_at.unwrap().unix().map(crate::UnixTime::as_secs), Some(1_778_335_283));
    assert_eq!(oddities, [""; 0]);
    for id in ["1.0", "1e3", "-1", "true", "[]", &"9".repeat(40)] {
        let (event, oddities) = read(&format!(r#"{{"at":"b","type":"a","data":{{"scan/id":{id}}}}}"#));
        assert_eq!((event.unwrap().id, oddities), (None, vec!["/data/scan~1id".to_owned()]), "{id}");
    }
}

#[test]
fn an_event_without_an_id_is_told_from_others_by_all_of_its_discriminators() {
    const LAYOUT: Layout = Layout::new().with_discriminators(&["/code", "/count/total"]);
    let is_discriminated = |body: &str, layout: &Layout| {
        let event =
            <PlainEvent>::decode(Content::Body(&Bytes::copy_from_slice(body.as_bytes())), layout).unwrap().event;
        event.identity() == Identity::Content { discriminated: true }
    };
    for (body, expected) in [
        (r#"{"code":"a","count":{"total":1}}"#, true),
        (r#"{"code":"a","count":{"total":null}}"#, false),
        (r#"{"code":"a","count":{}}"#, false),
        (r#"{"count":{"total":1}}"#, false),
        ("{}", false),
    ] {
        assert_eq!(is_discriminated(body, &LAYOUT), expected, "{body}");
        assert!(!is_discriminated(body, &Layout::new()), "{body}");
    }
}

#[test]
fn nothing_that_is_missing_or_odd_refuses_an_event() {
    for (body, expected) in [
        ("{}", vec!["/data/scan~1id"]),
        (r#"{"type":7.5,"at":"","data":{"scan/id":null}}"#, vec!["/data/scan~1id", "/type", "/at"]),
        (r#"{"type":"a","at":"b","data":[]}"#, vec!["/data/scan~1id"]),
    ] {
        let (event, oddities) = read(body);
        assert_eq!(event.unwrap().id, None, "{body}");
        assert_eq!(oddities, expected, "{body}");
    }
    for body in ["", "[]", "7", "null", "{\"a\":1} x"] {
        assert_eq!(read(body).0, Err(BodyProblem::NotAnObject), "{body}");
    }
    let deep = format!("{{\"data\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
    assert!(read(&deep).0.is_err());
}

#[test]
fn a_payload_of_a_users_own_type_is_read_from_the_data() {
    #[derive(serde::Deserialize)]
    struct Order {
        total: u64,
    }
    type Event = PlainEvent<Typed<Order>>;
    const NESTED: Layout = Layout::new().with_type("/type").with_created_at("/at").with_data("/a~1b/c");

    let read = |body: &str, layout: &Layout| {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let Decoded { event, oddities } = Event::decode(Content::Body(&body), layout).unwrap();
        (event, odd(oddities))
    };
    let (event, oddities) = read(r#"{"type":"paid","a/b":{"c":{"total":7}}}"#, &NESTED);
    assert_eq!(event.payload.event_type.as_deref(), Some("paid"));
    assert_eq!((event.payload.data.map(|order| order.total), event.event_type.as_deref()), (Some(7), Some("paid")));
    assert_eq!((event.data.unwrap().as_str(), oddities), (r#"{"total":7}"#, vec![]));

    let misfit = "does not fit: invalid type: string, expected u64";
    for (body, layout, expected) in [
        (r#"{"a/b":{"c":{"total":"7"}}}"#, &NESTED, format!("`a/b.c.total` {misfit}")),
        (r#"{"total":"7"}"#, &Layout::new(), format!("`body.total` {misfit}")),
        (r#"{"total":7}"#, &NESTED, "`a/b.c` is missing".to_owned()),
    ] {
        let (event, oddities) = read(body, layout);
        assert!(event.payload.data.is_none(), "{body}");
        assert_eq!(oddities, [expected], "{body}");
    }
}

#[test]
fn an_untyped_event_belongs_to_the_other_types_and_shows_no_data() {
    let event = read(r#"{"type":"scan","at":"x","data":{"scan/id":"evt_1","ip":"192.0.2.1"}}"#).0.unwrap();
    assert_eq!((event.known_type(), event.event_type(), event.scan()), (Some("other"), Some("scan"), None));
    assert!(!format!("{event:?}").contains("192.0.2.1"), "{event:?}");
}

#[test]
fn a_pointer_leads_into_arrays() {
    const LAYOUT: Layout = Layout::new().with_id("/events/1/id").with_type("/events/0");
    let body = Bytes::from(r#"{"events":["first",{"id":"second"}]}"#);
    let event = <PlainEvent>::decode(Content::Body(&body), &LAYOUT).unwrap().event;
    assert_eq!((event.id.as_deref(), event.event_type.as_deref()), (Some("second"), Some("first")));
    for pointer in ["/events/01/id", "/events/-/id", "/events/+1/id", "/events/2/id", "/events/id", "/events/1/id/0"] {
        let layout = Layout::new().with_id(pointer);
        assert_eq!(<PlainEvent>::decode(Content::Body(&body), &layout).unwrap().event.id, None, "{pointer}");
    }
}

#[test]
#[should_panic(expected = "a JSON pointer begins with a slash")]
fn a_pointer_without_a_slash_is_a_mistake() {
    let _ = Layout::new().with_id("id");
}

#[test]
fn white_space_around_a_body_is_not_part_of_its_data() {
    let body = Bytes::from(" \n{\"a\": 1}\r\n");
    let event = <PlainEvent>::decode(Content::Body(&body), &Layout::new()).unwrap().event;
    assert_eq!(event.data.unwrap().as_str(), "{\"a\": 1}");
}
