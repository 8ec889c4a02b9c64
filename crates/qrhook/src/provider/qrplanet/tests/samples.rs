use super::*;
use crate::{Scan, Timestamp};

/// An event whose common parameters are those of the samples.
fn event(timestamp: &str, code: &str, payload: Payload) -> Event {
    Event {
        timestamp: Some(timestamp).filter(|text| !text.is_empty()).map(Timestamp::from_text),
        user: Some("demo.user".into()),
        code: Some(code.to_owned()).filter(|text| !text.is_empty()),
        payload,
        extra: FormExtra::default(),
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn scan(redirects: u64, device: &str, os: &str) -> QrCodeScanned {
    QrCodeScanned {
        redirects: Some(redirects),
        visitors: Some(97),
        device: text(device),
        os: text(os),
        country: text("AT"),
        position: None,
    }
}

#[test]
fn reads_every_sample() {
    let updated = Voucher {
        title: text("Free coffee"),
        description: text("<b>One cup</b> per guest & day"),
        kind: Some(VoucherKind::UniqueId),
        product_name: text("Espresso"),
        website: text("https://example.com/coffee?src=voucher"),
        coupon_number: text("0042-SPRING"),
        valid_from: Some(Timestamp::from_text("2026-03-01")),
        valid_to: Some(Timestamp::from_text("2026-06-30")),
    };
    let redemption =
        Redemption { kind: Some(VoucherKind::UniqueId), ean_code: text("0000000000000"), unique_id: text("VC-000123") };
    let lead = Lead { email: text("ana.mueller+qr@example.com"), name: text("Ana Müller") };
    let click = CallToActionClicked { target: text("https://example.com/order?table=7&lang=de") };
    let job = JobFinished { download: text("https://qr1.at/download/EXAMPLE-JOB-0001") };
    let (qr_code, voucher, landing_page) = ("https://qr1.at/x7Kd", "https://qr1.at/V9k", "https://qr1.at/L4d");

    // Name, body, event, whether a repeat of it can be recognised.
    let cases: [(&str, &[u8], Event, bool); 9] = [
        (
            "QR_CODE_CREATED",
            fixture!("samples/QR_CODE_CREATED.form"),
            event("2026-03-14 09:00:00", qr_code, Payload::QrCodeCreated),
            false,
        ),
        (
            "QR_CODE_SCANNED",
            fixture!("samples/QR_CODE_SCANNED.form"),
            event("2026-03-14 10:16:12", qr_code, Payload::QrCodeScanned(scan(128, "iPhone", "iOS"))),
            true,
        ),
        (
            "VOUCHER_CREATED",
            fixture!("samples/VOUCHER_CREATED.form"),
            event("2026-03-14 11:00:00", voucher, Payload::VoucherCreated(Voucher::default())),
            false,
        ),
        (
            "VOUCHER_UPDATED",
            fixture!("samples/VOUCHER_UPDATED.form"),
            event("2026-03-14 11:05:30", voucher, Payload::VoucherUpdated(updated)),
            false,
        ),
        (
            "VOUCHER_REDEEMED",
            fixture!("samples/VOUCHER_REDEEMED.form"),
            event("2026-03-15 08:41:07", voucher, Payload::VoucherRedeemed(redemption)),
            true,
        ),
        (
            "VOUCHER_EXPIRED",
            fixture!("samples/VOUCHER_EXPIRED.form"),
            event("2026-07-01 00:00:01", voucher, Payload::VoucherExpired(Voucher::default())),
            false,
        ),
        (
            "LEAD_CREATED",
            fixture!("samples/LEAD_CREATED.form"),
            event("2026-03-16 17:20:45", landing_page, Payload::LeadCreated(lead)),
            false,
        ),
        (
            "CALL_2_ACTION_BUTTON_CLICKED",
            fixture!("samples/CALL_2_ACTION_BUTTON_CLICKED.form"),
            event("2026-03-16 17:22:03", landing_page, Payload::CallToActionClicked(click)),
            false,
        ),
        (
            "JOB_FINISHED",
            fixture!("samples/JOB_FINISHED.form"),
            event("2026-03-17 03:12:59", "", Payload::JobFinished(job)),
            true,
        ),
    ];
    for (name, body, expected, recognizable) in cases {
        let delivery = deliver(URLENCODED, body);
        assert_eq!(delivery.event(), &expected, "{name}");
        assert_eq!(delivery.event_type(), Some(name));
        assert_eq!(delivery.created_at(), expected.timestamp.as_ref(), "{name}");
        assert_eq!((delivery.id(), delivery.signed_at()), (None, None), "{name}");
        assert_eq!(oddities(&delivery), [], "{name}");
        assert_eq!(discriminated(&expected), recognizable, "{name}");
        assert_eq!(delivery.scan().is_some(), name == "QR_CODE_SCANNED", "{name}");
    }
}

#[test]
fn reads_every_variant() {
    /// Name, content type, body, event, type, position of the secret.
    type Case = (&'static str, &'static str, &'static [u8], Event, &'static str, usize);

    let position = |device, os| {
        let position = Some(Position { lng: 14.2858, lat: 48.3069 });
        Payload::QrCodeScanned(QrCodeScanned { position, ..scan(129, device, os) })
    };
    let Payload::QrCodeScanned(single) = position("", "") else { unreachable!() };
    let single = QrCodeScanned { device: None, os: None, country: None, ..single };
    let redemption = Redemption { kind: Some(VoucherKind::UniqueId), ean_code: None, unique_id: text("VC-000123") };
    let failed = Payload::VoucherRedemptionFailed { reason: FailureReason::AlreadyRedeemed, redemption };
    let updated = Payload::VoucherUpdated(Voucher { title: text("Free coffee"), ..Voucher::default() });
    let mut unknown =
        event("2026-03-14 10:16:12", "https://qr1.at/x7Kd", Payload::Unknown { event_type: "QR_CODE_DELETED".into() });
    unknown.extra.push("reason".into(), "cleanup".into());
    unknown.extra.push("custom[0]".into(), "x".into());

    let cases: [Case; 7] = [
        (
            "a token of API v2",
            URLENCODED,
            fixture!("variants/QR_CODE_CREATED.v2-token.form"),
            event("1773478800", "https://go.brand.example/x7Kd", Payload::QrCodeCreated),
            "QR_CODE_CREATED",
            1,
        ),
        (
            "a position",
            URLENCODED,
            fixture!("variants/QR_CODE_SCANNED.gps.form"),
            event("2026-03-14 10:17:40", "https://qr1.at/x7Kd", position("Pixel 9", "Android")),
            "QR_CODE_SCANNED",
            0,
        ),
        (
            "a position in one parameter",
            URLENCODED,
            fixture!("variants/QR_CODE_SCANNED.gps-single-parameter.form"),
            event("2026-03-14 10:17:40", "https://qr1.at/x7Kd", Payload::QrCodeScanned(single)),
            "QR_CODE_SCANNED",
            0,
        ),
        (
            "multipart",
            MULTIPART,
            fixture!("variants/QR_CODE_SCANNED.multipart"),
            event("2026-03-14 10:16:12", "https://qr1.at/x7Kd", Payload::QrCodeScanned(scan(128, "iPhone", "iOS"))),
            "QR_CODE_SCANNED",
            0,
        ),
        (
            "a failed redemption of form B",
            URLENCODED,
            fixture!("variants/VOUCHER_REDEEMED.failed-form-b.form"),
            event("2026-03-15 08:42:30", "https://qr1.at/V9k", failed),
            "VOUCHER_REDEEMED",
            0,
        ),
        (
            "empty values",
            URLENCODED,
            fixture!("variants/VOUCHER_UPDATED.empty-values.form"),
            event("", "V9k", updated),
            "VOUCHER_UPDATED",
            0,
        ),
        ("an unknown event", URLENCODED, fixture!("variants/UNKNOWN_EVENT.form"), unknown, "QR_CODE_DELETED", 0),
    ];
    for (name, content_type, body, expected, event_type, secret) in cases {
        let delivery = deliver(content_type, body);
        assert_eq!(delivery.event(), &expected, "{name}");
        assert_eq!(delivery.event_type(), Some(event_type), "{name}");
        assert_eq!(oddities(&delivery), [], "{name}");
        assert_eq!(delivery.matched_secret().position, secret, "{name}");
        assert_eq!(delivery.matched_secret().label.as_deref(), Some(["v1", "v2"][secret]), "{name}");
    }
    let without_token = receive(URLENCODED, fixture!("variants/QR_CODE_SCANNED.no-token.form"));
    assert_eq!(without_token.err(), Some(VerifyError::MissingToken { field: "secrettoken" }));
}

#[test]
fn the_same_scan_is_the_same_however_it_is_encoded() {
    let json = format!(
        r#"{{"event":"QR_CODE_SCANNED","timestamp":"2026-03-14 10:16:12","user":"demo.user",
            "code":"https:\/\/qr1.at\/x7Kd","secret\u0074oken":"{TOKEN}","redirects":128,"visitors":"97",
            "device":"iPhone","os":"iOS","country":"AT"}}"#
    );
    let urlencoded = deliver(URLENCODED, fixture!("samples/QR_CODE_SCANNED.form"));
    for other in [deliver(MULTIPART, fixture!("variants/QR_CODE_SCANNED.multipart")), deliver(JSON, json)] {
        assert_eq!(other.event(), urlencoded.event());
        assert_eq!(other.raw(), urlencoded.raw());
    }
    let expected = "event=QR_CODE_SCANNED&timestamp=2026-03-14+10%3A16%3A12&user=demo.user&\
                    code=https%3A%2F%2Fqr1.at%2Fx7Kd&redirects=128&visitors=97&device=iPhone&os=iOS&country=AT";
    assert_eq!(urlencoded.raw(), expected);
}

#[test]
fn a_scan_has_the_common_view() {
    let delivery = deliver(URLENCODED, fixture!("variants/QR_CODE_SCANNED.gps.form"));
    let expected = Scan {
        code: Some("https://qr1.at/x7Kd"),
        time: Some(&Timestamp::from_text("2026-03-14 10:17:40")),
        country: Some("AT"),
        device: Some("Pixel 9"),
        os: Some("Android"),
        ..Scan::of("qrplanet")
    };
    assert_eq!(delivery.scan(), Some(expected));
    assert_eq!(delivery.event().scan(), Some(expected));
    let time = delivery.created_at().expect("a time");
    assert_eq!((time.unix(), time.local().map(|time| time.hour)), (None, Some(10)), "the zone is not known");
}
