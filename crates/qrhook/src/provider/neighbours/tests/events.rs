//! The events of the others, read from the samples.

use super::*;

#[test]
fn a_scan_of_qr3_is_typed_under_both_of_its_names() {
    let event = sample::<Qr3>("qr.scanned");
    let scanned = payload!(event, qr3::Payload::Scanned { event_type: "qr.scanned", data } => data);
    assert_all_typed(&[&scanned.extra]);
    assert_eq!((scanned.code_id.as_deref(), scanned.scan_id.as_deref()), (Some("qr_example01"), Some("scn_example01")));
    let expected = Scan {
        code: Some("Ab12Cd"),
        time: event.created_at.as_ref(),
        country: Some("NL"),
        device: Some("mobile"),
        os: Some("Android"),
        ..Scan::of("qr3")
    };
    assert_eq!((event.scan(), event.created_at.is_some()), (Some(expected), true));

    let (alias, oddities) = changed::<Qr3>("qr.scanned", "qr.scanned", "scan.created");
    assert_eq!((alias.event_type(), alias.known_type()), (Some("scan.created"), Some("scan.created")));
    assert_eq!((alias.scan(), oddities), (Some(expected), vec![]));
    let (other, _) = changed::<Qr3>("qr.scanned", "qr.scanned", "qr.deleted");
    assert_eq!((other.known_type(), other.scan()), (Some("qr.deleted"), None));
}

#[test]
fn a_scan_of_qrlumo_is_typed() {
    let event = sample::<QrLumo>("qrcode.scanned");
    let scanned = payload!(event, qrlumo::Payload::Scanned(scanned) => scanned);
    assert_all_typed(&[&scanned.extra]);
    assert_eq!((scanned.qr_code_name.as_deref(), scanned.ip.as_deref()), (Some("shelf_label"), Some("192.0.2.1")));
    let expected = Scan {
        code: Some("qr_example02"),
        time: scanned.scanned_at.as_ref(),
        country: Some("NL"),
        device: Some("Android"),
        browser: Some("Firefox"),
        ..Scan::of("qrlumo")
    };
    assert_eq!(event.scan(), Some(expected));
    assert_eq!(scanned.scanned_at.as_ref().unwrap().as_str(), "2026-05-04T08:15:28Z");
}

#[test]
fn a_click_of_linkshor_is_typed_and_a_scan_has_only_a_time() {
    let event = sample::<LinkShor>("link.clicked");
    let clicked = payload!(event, linkshor::Payload::LinkClicked(clicked) => clicked);
    assert_all_typed(&[&clicked.extra]);
    assert_eq!((clicked.link_id, clicked.short_url.as_deref()), (Some(7), Some("https://go.example.com/menu")));
    assert_eq!((clicked.country.as_deref(), clicked.device.as_deref()), (Some("NL"), Some("mobile")));
    assert_eq!(
        (clicked.browser.as_deref(), clicked.referrer.as_deref()),
        (Some("Firefox"), Some("https://example.org/"))
    );
    assert_eq!(event.scan(), None);

    let (event, oddities) = changed::<LinkShor>("link.clicked", "link.clicked", "qr.scanned");
    let data = payload!(event, linkshor::Payload::QrScanned(data) => data);
    assert_eq!((data, oddities), (&event.data, vec![]));
    assert_eq!(event.scan(), Some(Scan { time: event.created_at.as_ref(), ..Scan::of("linkshor") }));

    let body = br#"{"event":"link.created","data":{"id":42,"short_url":"s","url":"u","alias":"a","created_by":"a@example.com"}}"#;
    let (event, oddities) = read::<LinkShor>(body);
    let created = payload!(event, linkshor::Payload::LinkCreated(created) => created);
    assert_all_typed(&[&created.extra]);
    assert_eq!((created.id, created.created_by.as_deref(), oddities), (Some(42), Some("a@example.com"), vec![]));
}

#[test]
fn an_event_of_scribeless_is_typed_with_its_envelope() {
    let event = sample::<Scribeless>("qr_code.scanned");
    let scanned = payload!(event, scribeless::Payload::Scanned(scanned) => scanned);
    let (scan, code) = (scanned.scan.as_ref().unwrap(), scanned.qr_code.as_ref().unwrap());
    let (options, recipient) = (code.options.as_ref().unwrap(), scanned.recipient.as_ref().unwrap());
    assert_all_typed(&[&scanned.extra, &scan.extra, &code.extra, &options.extra, &recipient.extra]);
    assert_eq!((scanned.id.as_deref(), scanned.event_type.as_deref()), (event.id.as_deref(), Some("qr_code.scanned")));
    assert_eq!((scanned.team_id.as_deref(), &scanned.created_at), (Some("team_example01"), &event.created_at));
    assert_eq!((code.size.as_deref(), options.ecl.as_deref()), (Some("24mm"), Some("Q")));
    assert_eq!(recipient.first_name.as_deref(), Some("First"));
    assert_eq!(recipient.variables.as_ref().unwrap()["externalId"], "order-0001");
    let expected = Scan { code: Some("Ab12Cd"), time: scan.created_at.as_ref(), ..Scan::of("scribeless") };
    assert_eq!((event.scan(), scan.created_at.is_some()), (Some(expected), true));

    let (event, oddities) = changed::<Scribeless>("qr_code.scanned", r#""24mm""#, "24");
    assert_eq!(oddities, ["`body.qr_code.size` is not a string"]);
    let scanned = payload!(event, scribeless::Payload::Scanned(scanned) => scanned);
    let code = scanned.qr_code.as_ref().unwrap();
    assert_eq!((code.size.as_deref(), code.key.as_deref()), (None, Some("Ab12Cd")));
}

#[test]
fn the_events_of_codebox_are_typed() {
    let event = sample::<CodeBox>("scan.created");
    let created = payload!(event, codebox::Payload::ScanCreated(created) => created);
    assert_all_typed(&[&created.extra]);
    assert_eq!((created.scan_id.as_deref(), created.region.as_deref()), (event.id.as_deref(), Some("Example")));
    assert_eq!((created.ip.as_deref(), created.user_agent.as_deref()), (Some("192.0.2.1"), Some("Example/1.0")));
    let expected = Scan {
        code: Some("cexample0001"),
        time: event.created_at.as_ref(),
        country: Some("NL"),
        city: Some("Éxemple"),
        device: Some("mobile"),
        os: Some("Android"),
        browser: Some("Firefox"),
        ..Scan::of("codebox")
    };
    assert_eq!((event.scan(), event.created_at.is_some()), (Some(expected), true));

    let body =
        br#"{"event":"qrcode.expired","data":{"qrcodeId":"c","name":"n","expiredAt":"2026-03-10T00:00:00.000Z"}}"#;
    let (event, _) = read::<CodeBox>(body);
    let expired = payload!(event, codebox::Payload::QrCodeExpired(expired) => expired);
    assert_all_typed(&[&expired.extra]);
    assert_eq!((expired.qr_code_id.as_deref(), expired.name.as_deref()), (Some("c"), Some("n")));
    assert_eq!(expired.expired_at.as_ref().unwrap().as_str(), "2026-03-10T00:00:00.000Z");
    assert_eq!(event.scan(), None);
}

#[test]
fn a_scan_of_just_scan_it_has_its_code() {
    let event = sample::<JustScanIt>("scan");
    let scanned = payload!(event, just_scan_it::Payload::Scan(scanned) => scanned);
    assert_all_typed(&[&scanned.extra]);
    assert_eq!(scanned.qr_code_id.as_ref().unwrap().parse::<u64>().unwrap(), 7);
    let expected = Scan { code: Some("7"), time: event.created_at.as_ref(), ..Scan::of("just-scan-it") };
    assert_eq!((event.scan(), event.created_at.is_some()), (Some(expected), true));

    let (first, _) = changed::<JustScanIt>("scan", r#""scan""#, r#""first_scan""#);
    assert_eq!((first.known_type(), first.scan()), (Some("first_scan"), Some(expected)));
    let (text, oddities) = changed::<JustScanIt>("scan", "7\n", "\"ab\",\"scan_id\":9\n");
    assert_eq!((text.scan().unwrap().code, oddities), (Some("ab"), vec![]));
    let scanned = payload!(text, just_scan_it::Payload::Scan(scanned) => scanned);
    assert_eq!(scanned.extra.get("scan_id").unwrap().as_str(), "9");
    let (form, _) = changed::<JustScanIt>("scan", r#""scan""#, r#""form_submit""#);
    assert_eq!((form.known_type(), form.scan()), (Some("form_submit"), None));
}

#[test]
fn a_scan_of_scancue_is_typed() {
    let event = sample::<ScanCue>("scan.recorded");
    let recorded = payload!(event, scancue::Payload::ScanRecorded(recorded) => recorded);
    assert_all_typed(&[&recorded.extra]);
    assert_eq!(recorded.unique, Some(true));
    let expected = Scan {
        code: Some("qr_example04"),
        time: event.created_at.as_ref(),
        country: Some("NL"),
        device: Some("mobile"),
        ..Scan::of("scancue")
    };
    assert_eq!((event.scan(), event.created_at.is_some()), (Some(expected), true));
}

#[test]
fn an_unknown_type_keeps_its_data() {
    fn check<P: Provider + Default>(of: fn(&P::Event) -> Option<&str>) {
        let body = br#"{"id":"1","type":"new","event":"new","data":{"scanId":"1"}}"#;
        let (event, oddities) = read::<P>(body);
        let name = P::default().name();
        assert_eq!((event.event_type(), event.known_type(), event.scan()), (Some("new"), None, None), "{name}");
        assert!(of(&event).is_some_and(|data| data.contains(r#"{"scanId":"1"}"#)), "{name}");
        assert_eq!(oddities, [""; 0], "{name}");
    }
    macro_rules! unknown {
        ($($sender:ident: $module:ident),*) => {$(
            check::<$sender>(|event| match &event.payload {
                $module::Payload::Unknown { event_type: Some(_), data } => data.as_ref().map(|data| data.as_str()),
                _ => None,
            });
        )*};
    }
    unknown!(Dub: dub, Qr3: qr3, QrLumo: qrlumo, LinkShor: linkshor, Scribeless: scribeless, CodeBox: codebox,
        JustScanIt: just_scan_it, ScanCue: scancue);
}

#[test]
fn debug_does_not_show_personal_members() {
    let shown = [
        format!("{:?}", changed::<Dub>("link.clicked", r#""ip": """#, r#""ip": "192.0.2.1""#).0),
        format!("{:?}", sample::<QrLumo>("qrcode.scanned")),
        format!("{:?}", sample::<Scribeless>("qr_code.scanned")),
        format!("{:?}", sample::<CodeBox>("scan.created")),
        format!("{:?}", read::<LinkShor>(br#"{"event":"link.created","data":{"created_by":"a@example.com"}}"#).0),
        format!(
            "{:?}",
            read::<Dub>(
                br#"{"id":"1","event":"lead.created","data":{"customer":{"name":"First","email":"a@example.com"},
                "partner":{"name":"Last","email":"a@example.com"}}}"#
            )
            .0
        ),
    ];
    for shown in &shown {
        assert!(shown.contains("***"), "{shown}");
        for personal in ["192.0.2.1", "Example/1.0", "First", "Last", "order-0001", "a@example.com"] {
            assert!(!shown.contains(&format!("\"{personal}\"")), "{personal}: {shown}");
        }
    }
}
