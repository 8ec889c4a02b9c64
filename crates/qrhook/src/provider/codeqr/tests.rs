use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::{Secrets, Timestamp, UnixTime, VerifyError, event::Oddity, verify::verify};

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/codeqr/samples/", $name, ".json"))
    };
}

macro_rules! variant {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/codeqr/variants/", $name, ".json"))
    };
}

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

fn decode(body: impl AsRef<str>) -> (Event, Vec<(String, &'static str)>) {
    let body = Bytes::copy_from_slice(body.as_ref().as_bytes());
    let Decoded { event, oddities } = CodeQr::decode(Content::Body(&body)).expect("an authentic event is not refused");
    let oddities = oddities.into_vec().into_iter().map(|Oddity { field, reason }| (field, reason));
    (event, oddities.collect())
}

/// The event's payload; the event must have nothing odd in it.
fn payload(body: &str) -> Payload {
    let (event, oddities) = decode(body);
    assert_eq!(oddities, [], "{:?}", event.event_type());
    event.payload
}

fn event(event_type: &str, data: &Value) -> String {
    json!({ "id": "evt_1", "event": event_type, "createdAt": "2026-03-14T09:00:00.123Z", "data": data }).to_string()
}

macro_rules! payload {
    ($variant:ident, $body:expr) => {
        match payload($body) {
            Payload::$variant(payload) => payload,
            other => panic!("not {}: {other:?}", stringify!($variant)),
        }
    };
}

fn text(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

fn time(time: &Option<Timestamp>) -> Option<i128> {
    time.as_ref().and_then(Timestamp::unix_nanos).map(|nanos| nanos / 1_000_000)
}

mod samples {
    use super::*;

    #[test]
    fn every_sample_has_its_type_and_no_unknown_or_odd_member() {
        for (name, body) in SAMPLES {
            let (event, oddities) = decode(body);
            assert_eq!(event.event_type(), Some(name));
            assert!(!matches!(event.payload, Payload::Unknown { .. }), "{name}");
            assert_eq!(oddities, [], "{name}");
            assert!(event.id.starts_with("evt_"), "{name}");
            assert!(event.created_at.as_ref().is_some_and(|at| at.unix().is_some()), "{name}");
            assert!(event.extra.is_empty(), "{name}");
            // An object shows its unknown members where it has some, at every level.
            assert!(!format!("{:?}", event.payload).contains("extra"), "{name}: {:?}", event.payload);
            assert!(event.data().is_some(), "{name}");
        }
    }

    #[test]
    fn links() {
        let created = payload!(LinkCreated, sample!("link.created"));
        assert_eq!(text(&created.id), "cmexamplelink0000000000001");
        assert_eq!((text(&created.domain), text(&created.key)), ("codeqr.link", "spring26"));
        assert_eq!(text(&created.short_link), "https://codeqr.link/spring26");
        assert_eq!(text(&created.qr_code), "https://api.codeqr.io/qr?url=https://codeqr.link/spring26?qr=1");
        assert_eq!((created.clicks, created.sale_amount, created.archived), (Some(0), Some(0), Some(false)));
        assert_eq!((&created.external_id, &created.last_clicked, &created.geo), (&None, &None, &None));
        assert_eq!(created.tags, Some(Vec::new()));
        assert_eq!(time(&created.created_at), Some(1_773_478_800_207));

        let updated = payload!(LinkUpdated, sample!("link.updated"));
        assert_eq!(text(&updated.external_id), "crm-1001");
        assert_eq!(time(&updated.expires_at), Some(1_782_863_999_000));
        assert_eq!(text(&updated.expired_url), "https://example.com/over");
        assert_eq!((text(&updated.title), text(&updated.comments)), ("Spring menu", "Printed on table tents"));
        assert_eq!((updated.proxy, updated.rewrite, updated.do_index), (Some(true), Some(false), Some(false)));
        assert_eq!(
            updated.geo.as_ref().and_then(|geo| geo.get("PT")).map(String::as_str),
            Some("https://example.com/pt")
        );
        assert_eq!((text(&updated.utm_source), text(&updated.utm_campaign)), ("flyer", "spring"));
        assert_eq!(
            (text(&updated.ios), text(&updated.folder_id)),
            ("https://example.com/ios", "cmexamplefold0000000000001")
        );
        assert_eq!((updated.use_as_template, updated.is_form_mandatory), (Some(false), Some(false)));
        let [tag] = updated.tags.as_deref().unwrap_or_default() else { panic!("one tag") };
        assert_eq!((text(&tag.id), text(&tag.name), text(&tag.color)), (text(&updated.tag_id), "season", "green"));
        let [rule] = updated.rules.as_deref().unwrap_or_default() else { panic!("one rule") };
        assert_eq!((text(&rule.attribute), text(&rule.operator), text(&rule.value)), ("language", "equals", "pt"));
        assert_eq!(text(&rule.url), "https://example.com/pt");

        let deleted = payload!(LinkDeleted, sample!("link.deleted"));
        assert_eq!((deleted.clicks, deleted.archived), (Some(1204), Some(true)));
    }

    #[test]
    fn qr_codes() {
        let created = payload!(QrCodeCreated, sample!("qrcode.created"));
        assert_eq!((text(&created.id), text(&created.key)), ("cmexampleqrcd0000000000001", "menu-qr"));
        assert_eq!((text(&created.kind), created.is_static), ("url", Some(false)));
        assert_eq!((created.size, created.height, created.width), (Some(1024.0), Some(160.0), Some(160.5)));
        assert_eq!(
            (text(&created.bg_color), text(&created.fg_color), text(&created.level)),
            ("#ffffff", "#000000", "M")
        );
        assert_eq!((created.excavate, created.use_display_page, created.scans), (Some(true), Some(true), Some(0)));
        assert_eq!((&created.wifi, &created.tags, &created.frame_text_styles), (&None, &None, &None));

        let updated = payload!(QrCodeUpdated, sample!("qrcode.updated"));
        let wifi = updated.wifi.as_ref().expect("a wifi code");
        assert_eq!(wifi.get("password").map(String::as_str), Some("not-a-real-password"));
        assert_eq!((text(&updated.kind), updated.scans), ("wifi", Some(31)));
        assert_eq!(time(&updated.last_clicked), Some(1_773_646_752_000));
        assert_eq!(updated.tags.as_deref().unwrap_or_default().len(), 1);

        let deleted = payload!(QrCodeDeleted, sample!("qrcode.deleted"));
        assert_eq!((deleted.scans, deleted.archived), (Some(812), Some(true)));
    }

    #[test]
    fn pages() {
        let created = payload!(PageCreated, sample!("page.created"));
        assert_eq!((text(&created.id), text(&created.key)), ("cmexamplepage0000000000001", "p/feedback26"));
        assert_eq!((text(&created.kind), text(&created.page_title)), ("feedback", "Tell us"));
        assert_eq!(created.page_subtitle, None, "an empty text says nothing");
        assert_eq!(created.page_background_styles.as_ref().map(|raw| raw.as_str().contains("#fafafa")), Some(true));
        assert_eq!(created.page_form_styles.as_ref().map(|raw| raw.as_str()), Some("{}"));
        assert_eq!(created.items.as_ref().map(|raw| raw.as_str()), Some("[]"));
        assert_eq!((created.views, created.feedbacks_count, created.hidden_logo), (Some(0), Some(0), Some(false)));
        assert_eq!(created.social_media_links, None);

        let updated = payload!(PageUpdated, sample!("page.updated"));
        assert_eq!((text(&updated.name), updated.views), ("Opinião dos clientes", Some(14)));
        let deleted = payload!(PageDeleted, sample!("page.deleted"));
        assert_eq!(deleted.views, Some(260));
    }

    #[test]
    fn leads_and_sales() {
        let lead = payload!(LeadCreated, sample!("lead.created"));
        assert_eq!(text(&lead.event_name), "Account opened");
        let customer = lead.customer.as_ref().expect("a customer");
        assert_eq!((text(&customer.name), text(&customer.email)), ("Ana Souza", "ana@example.com"));
        assert_eq!(text(&customer.avatar), "https://example.com/avatars/ana.png");
        let interaction = lead.interaction.as_ref().expect("an interaction");
        assert_eq!(text(&interaction.click_id), "aB3dE5fG7hJ9kL1m");
        assert_eq!((&interaction.timestamp, interaction.bot, interaction.qr), (&None, Some(false), Some(false)));
        assert_eq!(lead.link.as_ref().and_then(|link| link.clicks), Some(23));
        assert_eq!((&lead.qr_code, &lead.page), (&None, &None));

        let sale = payload!(SaleCreated, sample!("sale.created"));
        assert_eq!(text(&sale.event_name), "Invoice paid");
        assert_eq!(sale.link.as_ref().and_then(|link| link.sale_amount), Some(3790));
        let sale = sale.sale.as_ref().expect("a sale");
        assert_eq!((sale.amount, text(&sale.currency)), (Some(3790), "usd"));
        assert_eq!((text(&sale.payment_processor), text(&sale.invoice_id)), ("stripe", "inv_EXAMPLE_0001"));
    }

    #[test]
    fn partners() {
        let partner = payload!(PartnerEnrolled, sample!("partner.enrolled"));
        assert_eq!(text(&partner.id), "pn_EXAMPLE0000000000000000001");
        assert_eq!((text(&partner.name), text(&partner.email)), ("Example Partner", "partner@example.com"));
        assert_eq!((text(&partner.status), text(&partner.country)), ("approved", "BR"));
        assert_eq!((partner.clicks, partner.earnings, partner.sale_amount), (Some(0), Some(0), Some(0)));
        let [link] = partner.links.as_deref().unwrap_or_default() else { panic!("one link") };
        assert_eq!((text(&link.key), link.sale_amount), ("partner-a", Some(0)));
    }

    #[test]
    fn clicks_scans_and_views() {
        let click = payload!(LinkClicked, sample!("link.clicked"));
        let interaction = click.interaction.as_ref().expect("an interaction");
        assert_eq!((text(&click.event_name), text(&interaction.click_id)), ("Link clicked", "aB3dE5fG7hJ9kL1m"));
        assert_eq!(time(&interaction.timestamp), Some(1_773_484_267_418));
        assert_eq!((text(&interaction.ip), text(&interaction.continent)), ("203.0.113.7", "SA"));
        assert!(text(&interaction.ua).starts_with("Mozilla/5.0"));
        assert_eq!(click.link.as_ref().and_then(|link| link.clicks), Some(24));

        let scan = payload!(QrCodeScanned, sample!("qrcode.scanned"));
        assert_eq!(scan.interaction.as_ref().map(|it| text(&it.click_id)), Some("nN2pQ4rS6tU8vW0x"));
        assert_eq!(scan.qr_code.as_ref().and_then(|code| code.scans), Some(1));

        let visit = payload!(PageVisited, sample!("page.visited"));
        assert_eq!(visit.interaction.as_ref().map(|it| text(&it.referer)), Some("example.org"));
        assert_eq!(visit.page.as_ref().map(|page| text(&page.name)), Some("Customer feedback"));
    }

    #[test]
    fn every_member_of_the_schema_is_known() {
        // The created samples carry every member, most of them null. Filled, each one must reach its field.
        for (event_type, name, body) in
            [("qrcode.created", "qrcode", sample!("qrcode.created")), ("page.created", "page", sample!("page.created"))]
        {
            let sample: Value = serde_json::from_str(body).expect("JSON");
            for (member, _) in sample["data"][name].as_object().expect("an object") {
                let (filled, oddities) = decode(event(event_type, &json!({ name: { member: "1" } })));
                assert!(!format!("{:?}", filled.payload).contains("extra"), "{name}.{member}");
                let empty = decode(event(event_type, &json!({ name: {} }))).0;
                assert!(filled.payload != empty.payload || !oddities.is_empty(), "{name}.{member}");
            }
        }
    }
}

mod variants {
    use super::*;

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
        assert!(matches!(&event.payload, Payload::LinkUpdated(link) if text(&link.id) == "l"));
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
        assert_eq!(oddities, [("event".to_owned(), "is not a text")]);
    }

    #[test]
    fn every_spelling_of_the_click_id_is_read() {
        for (object, name) in [("interaction", "clickId"), ("interaction", "id"), ("click", "click_id")] {
            let body = event("lead.created", &json!({ object: { name: "c" } }));
            let lead = payload!(LeadCreated, &body);
            assert_eq!(lead.interaction.as_ref().map(|it| text(&it.click_id)), Some("c"), "{object}.{name}");
        }
    }
}

mod scan {
    use super::*;

    #[test]
    fn is_seen_in_scans_alone() {
        for (name, body) in SAMPLES.into_iter().chain(VARIANTS) {
            assert_eq!(decode(body).0.scan().is_some(), name == "qrcode.scanned", "{name}");
        }
    }

    #[test]
    fn has_what_the_interaction_says() {
        let (event, _) = decode(sample!("qrcode.scanned"));
        let scan = event.scan().expect("a scan");
        assert_eq!((scan.sender, scan.code), ("codeqr", Some("menu-qr")));
        assert_eq!(scan.time.map(|time| time.as_str()), Some("2026-03-14T12:40:02.004Z"));
        assert_eq!((scan.country, scan.city), (Some("BR"), Some("São Paulo")));
        assert_eq!((scan.device, scan.os, scan.browser), (Some("Mobile"), Some("Android"), Some("Chrome")));
        assert_eq!((scan.bot, scan.referer), (Some(false), Some("(direct)")));
    }

    #[test]
    fn falls_back_to_the_code_s_id_and_the_event_s_time() {
        let data = json!({ "interaction": { "country": "Unknown" }, "qrcode": { "id": "q", "key": "" } });
        let (event, _) = decode(super::event("qrcode.scanned", &data));
        let scan = event.scan().expect("a scan");
        assert_eq!((scan.code, scan.country, scan.bot), (Some("q"), Some("Unknown"), None));
        assert_eq!(scan.time.map(|time| time.as_str()), Some("2026-03-14T09:00:00.123Z"));
        let (event, _) = decode(super::event("qrcode.scanned", &json!({})));
        assert_eq!(event.scan().map(|scan| (scan.code, scan.time.is_some())), Some((None, true)));
    }
}

mod misfits {
    use super::*;

    #[test]
    fn are_left_out_and_named() {
        let cases: [(&str, Value, &[(&str, &str)]); 22] = [
            ("qrcode.scanned", json!({ "interaction": { "bot": [] } }), &[("interaction.bot", "is not true or false")]),
            ("qrcode.scanned", json!({ "interaction": { "ip": 7 } }), &[("interaction.ip", "is not a text")]),
            (
                "qrcode.scanned",
                json!({ "interaction": { "timestamp": {} } }),
                &[("interaction.timestamp", "is not a time")],
            ),
            ("qrcode.scanned", json!({ "interaction": [] }), &[("interaction", "is not an object")]),
            ("qrcode.scanned", json!({ "qrcode": "x" }), &[("qrcode", "is not an object")]),
            ("qrcode.scanned", json!([]), &[("", "is not an object")]),
            ("qrcode.scanned", json!(null), &[("", "is missing")]),
            ("link.created", json!({ "clicks": "x" }), &[("clicks", "is not a whole number from 0")]),
            ("link.created", json!({ "clicks": -1 }), &[("clicks", "is not a whole number from 0")]),
            ("link.created", json!({ "saleAmount": 0.5 }), &[("saleAmount", "is not a whole number")]),
            ("link.created", json!({ "geo": [] }), &[("geo", "is not an object")]),
            ("link.created", json!({ "geo": { "BR": 1 } }), &[("geo", "is not a text")]),
            ("link.created", json!({ "tags": {} }), &[("tags", "is not a list")]),
            (
                "link.created",
                json!({ "tags": [{ "id": 1 }, 2] }),
                &[("tags.id", "is not a text"), ("tags", "is not an object")],
            ),
            (
                "link.created",
                json!({ "link": 5, "clicks": [] }),
                &[("clicks", "is not a whole number from 0"), ("link", "is not an object")],
            ),
            ("link.created", json!({ "link": { "clicks": [] } }), &[("link.clicks", "is not a whole number from 0")]),
            ("link.created", json!("x"), &[("", "is not an object")]),
            ("qrcode.created", json!({ "qrcode": { "width": "wide" } }), &[("qrcode.width", "is not a number")]),
            ("page.created", json!({ "page": [] }), &[("page", "is not an object")]),
            (
                "partner.enrolled",
                json!({ "partner": { "email": 1 }, "links": 1 }),
                &[("links", "is not a list"), ("partner.email", "is not a text")],
            ),
            ("sale.created", json!({ "sale": 5 }), &[("sale", "is not an object")]),
            (
                "sale.created",
                json!({ "customer": { "customFields": 5 }, "sale": { "amount": "x" } }),
                &[("customer.customFields", "is not an object"), ("sale.amount", "is not a whole number")],
            ),
        ];
        for (event_type, data, expected) in cases {
            let (event, oddities) = decode(event(event_type, &data));
            let oddities: Vec<_> = oddities.iter().map(|(field, reason)| (field.as_str(), *reason)).collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|(field, reason)| (format!("data.{field}").trim_end_matches('.').to_owned(), *reason))
                .collect();
            let expected: Vec<_> = expected.iter().map(|(field, reason)| (field.as_str(), *reason)).collect();
            assert_eq!(oddities, expected, "{event_type} {data}");
            assert_eq!(event.event_type(), Some(event_type), "{data}");
        }
        let (_, oddities) = decode(r#"{"id":"evt_1","event":"link.created"}"#);
        assert_eq!(oddities, [("data".to_owned(), "is missing")]);
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
            let expected = if odd { vec![("data.link".to_owned(), "is not an object")] } else { vec![] };
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

    /// The JSON pointers of a value and of all that is in it.
    fn paths(value: &Value, at: &str) -> Vec<String> {
        let mut found = vec![at.to_owned()];
        match value {
            Value::Object(members) => {
                found.extend(members.iter().flat_map(|(name, v)| paths(v, &format!("{at}/{name}"))))
            }
            Value::Array(items) => {
                found.extend(items.iter().enumerate().flat_map(|(i, v)| paths(v, &format!("{at}/{i}"))))
            }
            _ => {}
        }
        found
    }
}

mod debug {
    use super::*;

    #[test]
    fn of_the_samples_shows_nobody_and_no_secret() {
        for (name, body) in SAMPLES.into_iter().chain(VARIANTS) {
            let shown = format!("{:?}", decode(body).0);
            for private in [
                "ana@example.com",
                "partner@example.com",
                "Ana Souza",
                "Example Partner",
                "Big Green Heron",
                "avatars/ana.png",
                "203.0.113.7",
                "Mozilla",
                "not-a-real-password",
                "Example Lobby",
                "gold",
            ] {
                assert!(!shown.contains(private), "{name} shows {private}: {shown}");
            }
        }
    }

    #[test]
    fn masks_every_private_field() {
        let texts = json!({ "any": "s3cret" });
        let link = json!({ "id": "shown", "password": "s3cret", "notificationToken": "s3cret", "unknown": "s3cret" });
        let qr_code = json!({
            "id": "shown", "password": "s3cret", "notificationToken": "s3cret", "text": "s3cret", "phone": "s3cret",
            "email": texts, "wifi": texts, "vcard": texts, "sms": texts, "facetime": texts, "latlog": texts,
            "whatsapp": { "number": "s3cret", "message": "s3cret" }, "contentStatic": "s3cret",
        });
        let page = json!({ "id": "shown", "notificationToken": "s3cret", "items": ["s3cret"] });
        let customer = json!({
            "id": "shown", "name": "s3cret", "email": "s3cret", "avatar": "s3cret", "customFields": texts,
        });
        let interaction = json!({
            "id": "shown", "ip": "s3cret", "ua": "s3cret", "latitude": "s3cret", "longitude": "s3cret",
        });
        let partner = json!({ "id": "shown", "name": "s3cret", "email": "s3cret", "image": "s3cret" });
        let sale = json!({
            "link": link, "qrcode": qr_code, "page": page, "customer": customer, "interaction": interaction,
            "partner": partner, "metadata": texts,
        });
        for (event_type, data) in
            [("link.created", &link), ("sale.created", &sale), ("partner.enrolled", &partner), ("new.type", &sale)]
        {
            let (event, oddities) = decode(event(event_type, data));
            let shown = format!("{event:?} {event:#?}");
            assert_eq!(oddities, [], "{event_type}");
            assert!(!shown.contains("s3cret"), "{event_type}: {shown}");
            assert_eq!(shown.contains("shown"), event_type != "new.type", "{event_type}");
        }
        let whatsapp =
            WhatsApp { number: Some("s3cret".into()), message: Some("s3cret".into()), ..WhatsApp::default() };
        assert_eq!(format!("{whatsapp:?}"), "WhatsApp { number: ***, message: *** }");
    }

    #[test]
    fn of_an_odd_event_quotes_no_value() {
        let data = json!({ "customer": { "email": ["s3cret"] }, "interaction": "s3cret" });
        let (event, oddities) = decode(event("lead.created", &data));
        assert_eq!(oddities.len(), 2);
        assert!(!format!("{event:?} {oddities:?}").contains("s3cret"));
    }
}

mod proof {
    use super::*;

    const SECRET: &str = "whsec_00000000000000000000000000000000";
    const LINK: &str = r#"{"id":"evt_0000000000000000000000001","event":"link.created","createdAt":"2026-03-14T09:00:00.123Z","data":{"id":"cmexamplelink0000000000001"}}"#;
    const PAGE: &str = r#"{"id":"evt_0000000000000000000000002","event":"page.created","createdAt":"2026-03-14T09:00:00.123Z","data":{"page":{"id":"cmexamplepage0000000000001","name":"Opinião ☕"}}}"#;
    const LINK_SIGNATURE: &str = "9c66f2ed446e7dd94e2aeea3c4ffec17774f27514d4bfe643a598033a22f43ff";
    const PAGE_SIGNATURE: &str = "3e54d59528db032027b356fd42a37edea253785d2d7e8cba116dcc7a7e1a8561";

    fn check(body: &'static str, signature: &str) -> Result<Option<String>, VerifyError> {
        let secrets = Secrets::one(SECRET).expect("a secret");
        let now = UnixTime::from_secs(1_773_478_800);
        let delivery = verify::<CodeQr>([("CodeQR-Signature", signature)], body, &secrets, now)?;
        Ok(delivery.id().map(str::to_owned))
    }

    #[test]
    fn the_vectors_verify() {
        let upper_case = LINK_SIGNATURE.to_ascii_uppercase();
        for (name, body, signature, id) in [
            ("ASCII", LINK, LINK_SIGNATURE, "evt_0000000000000000000000001"),
            ("not ASCII", PAGE, PAGE_SIGNATURE, "evt_0000000000000000000000002"),
            ("in upper case", LINK, &upper_case, "evt_0000000000000000000000001"),
        ] {
            assert_eq!(check(body, signature), Ok(Some(id.to_owned())), "{name}");
        }
    }

    #[test]
    fn the_usual_mistakes_are_a_mismatch() {
        for (name, body, signature) in [
            ("the key without its prefix", LINK, "617febd162b7ab42a8cf106cc35321bd5a30cb433bcb5ac971760b85a12e539c"),
            ("a newline after the body", LINK, "50fb31c69b75ef1a8910d7239e774c0cddf5fa7050ee754f7248a731fae774c0"),
            ("the signature of another body", LINK, PAGE_SIGNATURE),
        ] {
            assert_eq!(check(body, signature), Err(VerifyError::SignatureMismatch), "{name}");
        }
    }

    #[test]
    fn the_wrong_results_are_those_mistakes() {
        let bare = Secrets::one("00000000000000000000000000000000").expect("a secret");
        let header = [("codeqr-signature", "617febd162b7ab42a8cf106cc35321bd5a30cb433bcb5ac971760b85a12e539c")];
        assert!(verify::<CodeQr>(header, LINK, &bare, UnixTime::from_secs(0)).is_ok());
        let secrets = Secrets::one(SECRET).expect("a secret");
        let header = [("codeqr-signature", "50fb31c69b75ef1a8910d7239e774c0cddf5fa7050ee754f7248a731fae774c0")];
        assert!(verify::<CodeQr>(header, format!("{LINK}\n"), &secrets, UnixTime::from_secs(0)).is_ok());
    }

    #[test]
    fn the_age_of_an_event_does_not_matter() {
        let secrets = Secrets::one(SECRET).expect("a secret");
        for now in [0, i64::MIN, i64::MAX] {
            let header = [("CodeQR-Signature", LINK_SIGNATURE)];
            let delivery = verify::<CodeQr>(header, LINK, &secrets, UnixTime::from_secs(now)).expect("no window");
            assert_eq!(delivery.signed_at(), None);
        }
    }

    #[test]
    fn without_an_id_it_is_no_event() {
        let problem = |body: &'static str| CodeQr::decode(Content::Body(&Bytes::from_static(body.as_bytes()))).err();
        assert_eq!(problem(r#"{"event":"link.created","data":{}}"#), Some(BodyProblem::NoId { field: "id" }));
        assert_eq!(problem("[]"), Some(BodyProblem::NotAnObject));
    }
}
