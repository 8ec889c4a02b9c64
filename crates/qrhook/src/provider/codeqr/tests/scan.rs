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
