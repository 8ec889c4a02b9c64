use super::*;
use crate::event::RawJson;

#[test]
fn every_variant_has_its_type_and_nothing_odd() {
    for (name, body) in VARIANTS {
        let (event, oddities) = decode(body);
        assert_eq!((event.event_type(), oddities), (Some(name), Vec::new()));
        assert!(event.extra.is_empty(), "{name}");
        assert!(!format!("{:?}", event.payload).contains("extra"), "{name}");
    }
}

#[test]
fn a_lead_from_a_qr_code() {
    let lead = payload!(LeadCreated, variant!("lead.created.from-qrcode"));
    let interaction = lead.interaction.as_ref().expect("an interaction");
    assert_eq!(text(&interaction.click_id), "nN2pQ4rS6tU8vW0x");
    assert_eq!((interaction.bot, text(&interaction.kind)), (Some(true), "qrcode"));
    assert_eq!(time(&interaction.timestamp), Some(1_773_492_002_000), "no zone means UTC");
    assert_eq!(lead.customer.as_ref().map(|customer| &customer.email), Some(&None));
    assert_eq!((&lead.link, lead.qr_code.as_ref().map(|code| text(&code.key))), (&None, Some("menu-qr")));
}

#[test]
fn a_raw_interaction() {
    let click = payload!(LinkClicked, variant!("link.clicked.raw-interaction"));
    let interaction = click.interaction.as_ref().expect("an interaction");
    assert_eq!(click.event_name, None);
    assert_eq!(time(&interaction.timestamp), Some(1_773_484_267_418));
    assert_eq!(text(&interaction.click_id), "aB3dE5fG7hJ9kL1m");
    assert_eq!(text(&interaction.link_id), "cmexamplelink0000000000001");
    assert_eq!((text(&interaction.device_model), text(&interaction.device_vendor)), ("Pixel 9", "Google"));
    assert_eq!((text(&interaction.browser_version), text(&interaction.os_version)), ("127.0.0.0", "15"));
    assert_eq!((text(&interaction.engine), text(&interaction.engine_version)), ("Blink", "127.0.0.0"));
    assert_eq!((interaction.bot, interaction.qr), (Some(false), None));
    assert_eq!((text(&interaction.referer), text(&interaction.referer_url)), ("(direct)", "(direct)"));
    assert_eq!((text(&interaction.kind), text(&interaction.continent)), ("link", "NA"));
}

#[test]
fn a_nested_link_is_the_flat_one() {
    let nested = payload!(LinkCreated, variant!("link.created.nested"));
    assert_eq!(nested, payload!(LinkCreated, sample!("link.created")));
}

#[test]
fn what_stands_beside_a_nested_link_is_reachable() {
    let body = event("link.updated", &json!({ "link": { "id": "l" }, "changes": ["url"] }));
    let (event, oddities) = decode(body);
    let Payload::LinkUpdated(link) = &event.payload else { panic!("another type") };
    assert_eq!(text(&link.id), "l");
    assert_eq!(link.extra.get("changes").map(RawJson::as_str), Some(r#"["url"]"#));
    assert_eq!(link.extra.get("link"), None);
    assert_eq!(oddities, []);
    let data: Value = event.data().expect("data").parse().expect("JSON");
    assert_eq!(data["changes"], json!(["url"]));
}

#[test]
fn the_last_of_a_repeated_key_counts() {
    let link = payload!(LinkCreated, variant!("link.created.repeated-key"));
    assert_eq!((text(&link.project_id), link.clicks), ("cmexampleproj0000000000001", Some(0)));
    let body = r#"{"id":"event_1","event":"link.created","data":{"projectId":"first","projectId":"last"}}"#;
    assert_eq!(text(&payload!(LinkCreated, body).project_id), "last");
}

#[test]
fn a_visit_without_a_page() {
    let visit = payload!(PageVisited, variant!("page.visited.no-page"));
    assert_eq!(visit.page, None);
    assert_eq!(visit.interaction.as_ref().map(|it| text(&it.click_id)), Some("yY1zA3bC5dE7fG9h"));
}

#[test]
fn a_nested_partner_has_the_links_beside_it() {
    let nested = payload!(PartnerEnrolled, variant!("partner.enrolled.nested"));
    let flat = payload!(PartnerEnrolled, sample!("partner.enrolled"));
    assert_eq!((&nested.id, &nested.email, &nested.created_at), (&flat.id, &flat.email, &flat.created_at));
    assert_eq!(nested.links, flat.links);
    assert_eq!(nested.clicks, None);

    let inside = event("partner.enrolled", &json!({ "partner": { "links": [{ "id": "l" }] } }));
    assert_eq!(payload!(PartnerEnrolled, &inside).links.map(|links| links.len()), Some(1));
}

#[test]
fn a_sale_in_camel_case_without_interaction_and_name() {
    let sale = payload!(SaleCreated, variant!("sale.created.camel-no-interaction"));
    assert_eq!((&sale.interaction, &sale.event_name), (&None, &None));
    let customer = sale.customer.as_ref().expect("a customer");
    assert_eq!((text(&customer.external_id), text(&customer.name)), ("user_8812", "Big Green Heron"));
    assert_eq!(customer.custom_fields, Some([("plan".to_owned(), "gold".to_owned())].into()));
    assert_eq!(customer.link.as_ref().map(|link| text(&link.key)), Some("spring26"));
    let sale = sale.sale.as_ref().expect("a sale");
    assert_eq!((sale.amount, text(&sale.currency)), (Some(2980), "jpy"));
    assert_eq!((text(&sale.payment_processor), &sale.invoice_id), ("custom", &None));
}

#[test]
fn an_unknown_event_keeps_its_data() {
    let Payload::Unknown { event_type, data } = payload(variant!("unknown-event")) else { panic!("known") };
    assert_eq!(event_type.as_deref(), Some("page.feedback_received"));
    let data: Value = data.expect("data").parse().expect("JSON");
    assert_eq!(data["feedback"]["rating"], 5);
}

#[test]
fn an_event_without_a_type_is_unknown() {
    for body in [r#"{"id":"evt_1"}"#, r#"{"id":"evt_1","event":""}"#, r#"{"id":"evt_1","event":null}"#] {
        assert_eq!(payload(body), Payload::Unknown { event_type: None, data: None }, "{body}");
    }
    let (event, oddities) = decode(r#"{"id":"evt_1","event":5,"data":{}}"#);
    assert!(matches!(event.payload, Payload::Unknown { event_type: None, data: Some(_) }));
    assert_eq!(oddities, [("event".to_owned(), "is not a string".to_owned())]);
}

#[test]
fn every_spelling_of_the_click_id_is_read() {
    for (object, name) in [("interaction", "clickId"), ("interaction", "id"), ("click", "click_id")] {
        let body = event("lead.created", &json!({ object: { name: "c" } }));
        let lead = payload!(LeadCreated, &body);
        assert_eq!(lead.interaction.as_ref().map(|it| text(&it.click_id)), Some("c"), "{object}.{name}");
    }
}
