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
    let whatsapp = WhatsApp { number: Some("s3cret".into()), message: Some("s3cret".into()), ..WhatsApp::default() };
    assert_eq!(format!("{whatsapp:?}"), "WhatsApp { number: ***, message: *** }");
}

#[test]
fn of_an_odd_event_quotes_no_value() {
    let data = json!({ "customer": { "email": ["s3cret"] }, "interaction": "s3cret" });
    let (event, oddities) = decode(event("lead.created", &data));
    assert_eq!(oddities.len(), 2);
    assert!(!format!("{event:?} {oddities:?}").contains("s3cret"));
}
