use super::*;

/// Type of the event, its data, and the oddities under `data`.
type Case<'a> = (&'a str, Value, &'a [(&'a str, &'a str)]);

#[test]
fn are_left_out_and_named() {
    let cases: [Case<'_>; 24] = [
        ("qrcode.scanned", json!({ "interaction": { "bot": [] } }), &[("interaction.bot", "is not true or false")]),
        ("qrcode.scanned", json!({ "interaction": { "ip": 7 } }), &[("interaction.ip", "is not a string")]),
        (
            "qrcode.scanned",
            json!({ "interaction": { "timestamp": {} } }),
            &[("interaction.timestamp", "is not a time in a known format")],
        ),
        ("qrcode.scanned", json!({ "interaction": [] }), &[("interaction", "is not an object")]),
        ("qrcode.scanned", json!({ "qrcode": "x" }), &[("qrcode", "is not an object")]),
        ("qrcode.scanned", json!([]), &[("", "is not an object")]),
        ("qrcode.scanned", json!(null), &[("", "is missing")]),
        ("link.created", json!({ "clicks": "x" }), &[("clicks", "is not a non-negative whole number")]),
        ("link.created", json!({ "clicks": -1 }), &[("clicks", "is not a non-negative whole number")]),
        ("link.created", json!({ "saleAmount": 0.5 }), &[("saleAmount", "is not a whole number")]),
        ("link.created", json!({ "geo": [] }), &[("geo", "is not an object")]),
        ("link.created", json!({ "geo": { "BR": 1 } }), &[("geo", "is not a string")]),
        ("link.created", json!({ "tags": {} }), &[("tags", "is not a list")]),
        (
            "link.created",
            json!({ "tags": [{ "id": 1 }, 2] }),
            &[("tags.id", "is not a string"), ("tags", "is not an object")],
        ),
        (
            "link.created",
            json!({ "link": 5, "clicks": [] }),
            &[("clicks", "is not a non-negative whole number"), ("link", "is not an object")],
        ),
        ("link.created", json!({ "link": { "clicks": [] } }), &[("link.clicks", "is not a non-negative whole number")]),
        ("link.created", json!("x"), &[("", "is not an object")]),
        ("qrcode.created", json!({ "qrcode": { "width": "wide" } }), &[("qrcode.width", "is not a number")]),
        ("page.created", json!({ "page": [] }), &[("page", "is not an object")]),
        (
            "partner.enrolled",
            json!({ "partner": { "email": 1 }, "links": 1 }),
            &[("links", "is not a list"), ("partner.email", "is not a string")],
        ),
        ("sale.created", json!({ "sale": { "paymentProcessor": 5 } }), &[("sale.paymentProcessor", "is not a string")]),
        ("sale.created", json!({ "click": { "id": 5 } }), &[("click.id", "is not a string")]),
        ("sale.created", json!({ "sale": 5 }), &[("sale", "is not an object")]),
        (
            "sale.created",
            json!({ "customer": { "customFields": 5 }, "sale": { "amount": "x" } }),
            &[("customer.customFields", "is not an object"), ("sale.amount", "is not a whole number")],
        ),
    ];
    for (event_type, data, expected) in cases {
        let (event, oddities) = decode(event(event_type, &data));
        let oddities: Vec<_> = oddities.iter().map(|(field, reason)| (field.as_str(), reason.as_str())).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(field, reason)| (format!("data.{field}").trim_end_matches('.').to_owned(), *reason))
            .collect();
        let expected: Vec<_> = expected.iter().map(|(field, reason)| (field.as_str(), *reason)).collect();
        assert_eq!(oddities, expected, "{event_type} {data}");
        assert_eq!(event.event_type(), Some(event_type), "{data}");
    }
    let (_, oddities) = decode(r#"{"id":"evt_1","event":"link.created"}"#);
    assert_eq!(oddities, [("data".to_owned(), "is missing".to_owned())]);
}

#[test]
fn do_not_take_their_neighbours_along() {
    let data = json!({ "interaction": { "bot": [], "country": "BR" }, "qrcode": { "scans": "x", "key": "k" } });
    let (event, oddities) = decode(event("qrcode.scanned", &data));
    let fields: Vec<_> = oddities.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["data.interaction.bot", "data.qrcode.scans"]);
    let Payload::QrCodeScanned(scan) = &event.payload else { panic!("another type") };
    assert_eq!(scan.interaction.as_ref().map(|it| (it.bot, text(&it.country))), Some((None, "BR")));
    assert_eq!(scan.qr_code.as_ref().map(|code| (code.scans, text(&code.key))), Some((None, "k")));
}

#[test]
fn of_a_link_under_its_name_leave_the_flat_one() {
    for (nested, odd) in [(json!(5), true), (json!([]), true), (json!("x"), true), (json!(null), false)] {
        let (event, oddities) = decode(event("link.deleted", &json!({ "id": "l", "link": nested })));
        assert!(matches!(&event.payload, Payload::LinkDeleted(link) if text(&link.id) == "l"), "{nested}");
        let expected = if odd { vec![("data.link".to_owned(), "is not an object".to_owned())] } else { vec![] };
        assert_eq!(oddities, expected, "{nested}");
    }
}

#[test]
fn anywhere_in_a_sample_are_no_error() {
    for (name, body) in SAMPLES.into_iter().chain(VARIANTS) {
        let sample: Value = serde_json::from_str(body).expect("JSON");
        for path in paths(&sample["data"], "/data") {
            for misfit in [json!([1]), json!({ "a": [] }), json!(-0.5), json!("x"), json!(true), json!(null)] {
                let mut body = sample.clone();
                *body.pointer_mut(&path).expect("a path of the sample") = misfit;
                let (event, oddities) = decode(body.to_string());
                assert_eq!(event.event_type(), Some(name), "{path}");
                for (field, _) in oddities {
                    assert!(field == "data" || field.starts_with("data."), "{path}: {field}");
                }
            }
        }
    }
}

/// The JSON pointers of a value and of everything in it.
fn paths(value: &Value, at: &str) -> Vec<String> {
    let mut found = vec![at.to_owned()];
    match value {
        Value::Object(members) => found.extend(members.iter().flat_map(|(name, v)| paths(v, &format!("{at}/{name}")))),
        Value::Array(items) => found.extend(items.iter().enumerate().flat_map(|(i, v)| paths(v, &format!("{at}/{i}")))),
        _ => {}
    }
    found
}
