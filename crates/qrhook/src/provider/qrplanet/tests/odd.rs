use super::*;
use crate::Timestamp;

fn scanned(parameters: &str) -> (QrCodeScanned, Delivery<QrPlanet>) {
    let delivery = form(&format!("event=QR_CODE_SCANNED&{parameters}"));
    let Payload::QrCodeScanned(scan) = &delivery.event().payload else { panic!("a scan: {parameters}") };
    (scan.clone(), delivery)
}

#[test]
fn only_the_status_success_is_a_redemption() {
    use FailureReason::{AlreadyRedeemed, Expired, Missing, QuotaExceeded, Unknown};
    let unknown = |text: &str| Some(Unknown(text.into()));
    // Status as sent, reason for the failure, whether it is odd.
    let cases = [
        ("&status=SUCCESS", None, false),
        ("&status=+SUCCESS%0D%0A", None, false),
        ("&status=QUOTA_EXCEEDED&status=SUCCESS", None, false),
        ("&status=VOUCHER_ALREADY_REDEEMED", Some(AlreadyRedeemed), false),
        ("&status=VOUCHER_EXPIRED", Some(Expired), false),
        ("&status=QUOTA_EXCEEDED+", Some(QuotaExceeded), false),
        ("&status=SUCCESS&status=VOUCHER_EXPIRED", Some(Expired), false),
        ("", Some(Missing), true),
        ("&status", Some(Missing), true),
        ("&status=SUCCESS&status=", Some(Missing), true),
        ("&status[]=SUCCESS", Some(Missing), true),
        ("&Status=SUCCESS", Some(Missing), true),
        ("&status=success", unknown("success"), true),
        ("&status=SUCCESSFUL", unknown("SUCCESSFUL"), true),
        ("&status=NO+SUCCESS", unknown("NO SUCCESS"), true),
        ("&status=SUCCESS%00", unknown("SUCCESS\0"), true),
        ("&status=%C2%A0SUCCESS", unknown("\u{a0}SUCCESS"), true),
        ("&status=1", unknown("1"), true),
        ("&status=+", unknown(" "), true),
    ];
    for (status, failure, odd) in cases {
        let delivery = form(&format!("event=VOUCHER_REDEEMED&uniqueid=VC-1{status}"));
        let redemption = Redemption { unique_id: Some("VC-1".into()), ..Redemption::default() };
        let expected = match failure {
            None => Payload::VoucherRedeemed(redemption),
            Some(reason) => Payload::VoucherRedemptionFailed { reason, redemption },
        };
        assert_eq!(delivery.event().payload, expected, "{status}");
        assert_eq!(delivery.event_type(), Some("VOUCHER_REDEEMED"), "{status}");
        assert_eq!(oddities(&delivery).iter().any(|(field, _)| *field == "status"), odd, "{status}");
        assert!(discriminated(delivery.event()), "{status}");
    }
    assert!(!discriminated(form("event=VOUCHER_REDEEMED&status=SUCCESS").event()));
}

#[test]
fn reads_the_kind_of_a_voucher_in_both_spellings() {
    use VoucherKind::{Other, UniqueId, UniqueIp};
    let cases = [
        ("type=UNIQUEIP", Some(UniqueIp), false),
        ("vouchertype=UNIQUEID", Some(UniqueId), false),
        ("type=UNIQUEID&vouchertype=UNIQUEID", Some(UniqueId), false),
        ("type=UNIQUEIP&vouchertype=UNIQUEID", Some(UniqueId), true),
        ("type=UNIQUEIP&vouchertype=", Some(UniqueIp), false),
        ("type=WEEKLY", Some(Other("WEEKLY".into())), false),
        ("type=", None, false),
    ];
    for (parameters, expected, odd) in cases {
        for event in ["VOUCHER_CREATED", "VOUCHER_UPDATED", "VOUCHER_EXPIRED", "VOUCHER_REDEEMED&status=SUCCESS"] {
            let delivery = form(&format!("event={event}&{parameters}"));
            let kind = match &delivery.event().payload {
                Payload::VoucherCreated(it) | Payload::VoucherUpdated(it) | Payload::VoucherExpired(it) => &it.kind,
                Payload::VoucherRedeemed(redemption) => &redemption.kind,
                other => panic!("{other:?}"),
            };
            assert_eq!(kind, &expected, "{event} {parameters}");
            let expected = odd.then_some(("type", "contradicts another spelling"));
            assert_eq!(oddities(&delivery), Vec::from_iter(expected), "{event} {parameters}");
            assert!(delivery.event().extra.is_empty(), "{event} {parameters}");
        }
    }
}

#[test]
fn a_text_that_is_no_number_is_odd_and_stays_in_the_raw_body() {
    let misfit = "is not a non-negative whole number";
    let digits = "9".repeat(100_000);
    let cases = [
        ("128", Some(128), false),
        ("+0128%09", Some(128), false),
        ("18446744073709551615", Some(u64::MAX), false),
        ("", None, false),
        ("-1", None, true),
        ("1.5", None, true),
        ("1.024", None, true),
        ("many", None, true),
        ("+", None, true),
        (&digits, None, true),
    ];
    for (value, expected, odd) in cases {
        let (scan, delivery) = scanned(&format!("redirects={value}&visitors=1"));
        assert_eq!((scan.redirects, scan.visitors), (expected, Some(1)), "{value}");
        assert_eq!(oddities(&delivery), Vec::from_iter(odd.then_some(("redirects", misfit))), "{value}");
        assert_eq!(discriminated(delivery.event()), expected.is_some(), "{value}");
        assert!(delivery.raw().ends_with(b"&visitors=1") && delivery.raw().len() > value.len(), "{value}");
    }
}

#[test]
fn a_text_that_is_not_a_time_is_kept_and_odd() {
    let misfit = "is not a time in a known format";
    let cases = [
        ("1773478800", false),
        ("1773478800.5", false),
        ("2026-03-14+10:16:12", false),
        ("2026-03-14", false),
        ("2026-03-14T10:16:12Z", false),
        ("1773478800000", true),
        ("14.03.2026", true),
        ("soon", true),
    ];
    for (text, odd) in cases {
        let delivery = form(&format!("event=VOUCHER_UPDATED&timestamp={text}&validfrom={text}"));
        let Payload::VoucherUpdated(voucher) = &delivery.event().payload else { panic!("a voucher") };
        let sent = text.replace('+', " ");
        for time in [delivery.created_at(), voucher.valid_from.as_ref()] {
            assert_eq!(time.map(Timestamp::as_str), Some(sent.as_str()));
        }
        let expected = if odd { vec![("timestamp", misfit), ("validfrom", misfit)] } else { vec![] };
        assert_eq!(oddities(&delivery), expected, "{text}");
    }
}

#[test]
fn reads_a_position_longitude_first() {
    /// Parameters, position, oddities.
    type Case<'a> = (&'a str, Option<(f64, f64)>, &'a [(&'a str, &'a str)]);

    let (misfit, lat_missing) = ("is not a number of degrees in range", "is missing although there is a longitude");
    let cases: [Case; 28] = [
        ("lng=14.2858&lat=48.3069", Some((14.2858, 48.3069)), &[]),
        ("lat=-48,3069&lng=+-14,2858+", Some((-14.2858, -48.3069)), &[]),
        ("lng=-180&lat=90.0", Some((-180.0, 90.0)), &[]),
        ("lng=1.0E-5&lat=0", Some((0.00001, 0.0)), &[]),
        ("lng=&lat=", None, &[]),
        ("lng=14.2858", None, &[("lat", lat_missing)]),
        ("lng=&lat=48.3069", None, &[("lng", "is missing although there is a latitude")]),
        ("lng=14.2858&lat=north", None, &[("lat", misfit)]),
        ("lng=180.0001&lat=48", None, &[("lng", misfit)]),
        ("lng=48&lat=-90.5", None, &[("lat", misfit)]),
        ("lng=NaN&lat=inf", None, &[("lng", misfit), ("lat", misfit)]),
        ("lng=1e999&lat=-infinity", None, &[("lng", misfit), ("lat", misfit)]),
        ("lng=1.234,5&lat=1,2,3", None, &[("lng", misfit), ("lat", misfit)]),
        ("lng/lat=14.2858,48.3069", Some((14.2858, 48.3069)), &[]),
        ("lng/lat=14.2858,+48.3069", Some((14.2858, 48.3069)), &[]),
        ("lng/lat=14.2858+,+48.3069", Some((14.2858, 48.3069)), &[]),
        ("lng%2Flat=+14.2858/48.3069+", Some((14.2858, 48.3069)), &[]),
        ("lng/lat=14.2858++48.3069", Some((14.2858, 48.3069)), &[]),
        ("lng/lat=14,2858+48,3069", Some((14.2858, 48.3069)), &[]),
        ("lng/lat=14,2858/48,3069", Some((14.2858, 48.3069)), &[]),
        ("lng/lat=", None, &[]),
        ("lng/lat=14,2858,48,3069", None, &[("lng/lat", "is not a pair of numbers")]),
        ("lng/lat=14.2858", None, &[("lng/lat", "is not a pair of numbers")]),
        ("lng/lat=14.2858/48.3069/0", None, &[("lng/lat", misfit)]),
        ("lng/lat=14.2858,91", None, &[("lng/lat", misfit)]),
        ("lng/lat=,", None, &[("lng/lat", misfit)]),
        ("lng/lat=1,2&lng=3&lat=4", Some((3.0, 4.0)), &[]),
        ("lng/lat=1,2&lng=3", Some((1.0, 2.0)), &[("lat", lat_missing)]),
    ];
    for (parameters, expected, odd) in cases {
        let (scan, delivery) = scanned(parameters);
        let position = scan.position.map(|position| (position.lng, position.lat));
        assert_eq!(position, expected, "{parameters}");
        assert_eq!(oddities(&delivery), odd, "{parameters}");
        assert!(delivery.event().extra.is_empty(), "{parameters}");
    }
}

#[test]
fn the_last_one_of_a_repeated_parameter_counts() {
    let (scan, delivery) = scanned("device=a&device=b&event=QR_CODE_SCANNED&os=a&os=&x=1&x=2");
    assert_eq!((scan.device.as_deref(), scan.os), (Some("b"), None));
    let extra = &delivery.event().extra;
    assert_eq!(extra.get("x"), Some("2"));
    assert_eq!(extra.iter().collect::<Vec<_>>(), [("x", "1"), ("x", "2")]);
    assert_eq!(form("event=QR_CODE_SCANNED&event=NEWS").event_type(), Some("NEWS"));
}

#[test]
fn bytes_that_are_not_utf_8_are_replaced_and_noted() {
    let replaced = "contains replacement characters for bytes that are not UTF-8";
    let expected = [("device", replaced), ("note\\n\u{fffd}", replaced)];
    let (scan, delivery) = scanned("device=M%FCller&note%0A%FF=1&os=iOS");
    assert_eq!(scan.device.as_deref(), Some("M\u{fffd}ller"));
    assert_eq!(oddities(&delivery), expected);
    assert_eq!(delivery.event().extra.get("note\n\u{fffd}"), Some("1"));
    assert_eq!(delivery.raw(), "event=QR_CODE_SCANNED&device=M%FCller&note%0A%FF=1&os=iOS", "raw stays raw");

    // In JSON, the counterpart is a lone surrogate. Its code follows the replacement character.
    let noted = |name: &str| {
        vec![("device".to_owned(), replaced.to_owned()), (format!("note\\n\u{fffd}{name}"), replaced.to_owned())]
    };
    let odd = |json| {
        deliver(JSON, json).oddities().iter().map(|o| (o.field.clone(), o.reason.to_string())).collect::<Vec<_>>()
    };
    let start = format!(r#"{{"secrettoken":"{TOKEN}","event":"QR_CODE_SCANNED","#).into_bytes();
    let json = [&start[..], br#""device":"M\ud800ller","note\n\udfff":"1"}"#].concat();
    assert_eq!(odd(json), noted("dfff"));
    let json = [b"\xef\xbb\xbf", &start[..], b"\"device\":\"M\xfcller\",\"note\\n\xff\":\"1\"}"].concat();
    assert_eq!(odd(json), noted("ff"), "behind a byte order mark");
}

#[test]
fn parts_that_are_not_fields_are_noted() {
    let part = |headers: &str, value: &str| format!("--QRPLANETSAMPLEBOUNDARY\r\n{headers}\r\n\r\n{value}\r\n");
    let field = |name: &str, value: &str| part(&format!("Content-Disposition: form-data; name=\"{name}\""), value);
    let body = [
        field("secrettoken", TOKEN),
        field("event", "QR_CODE_CREATED"),
        part("Content-Type: text/plain", "no name"),
        part("Content-Disposition: form-data; name=\"photo\"; filename=\"me.jpg\"", "a face"),
        part(&format!("Content-Disposition: form-data; name=\"{TOKEN}\"; filename=\"x\""), ""),
        field("", "empty name"),
        "--QRPLANETSAMPLEBOUNDARY--".to_owned(),
    ];
    let delivery = deliver(MULTIPART, body.concat());
    let file = "is a file, and was left out";
    let expected = [("part 3", "has no usable name, and was left out"), ("photo", file), ("***", file)];
    assert_eq!(oddities(&delivery), expected);
    assert_eq!(delivery.event().extra.iter().collect::<Vec<_>>(), [("", "empty name")]);
    let name = b"--QRPLANETSAMPLEBOUNDARY\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n1\r\n";
    let delivery = deliver(MULTIPART, [body[..2].concat().as_bytes(), name, body[6].as_bytes()].concat());
    assert_eq!(delivery.event().extra.get("\u{fffd}"), Some("1"));
    assert_eq!(oddities(&delivery).len(), 1, "a name that is not UTF-8");
}

#[test]
fn a_field_that_held_the_token_is_masked_and_noted() {
    let masked = "held the token, and was masked";
    let encoded = V2_TOKEN.replace(':', "%253A");
    let body = format!(
        "secrettoken={V2_TOKEN}&event=CALL_2_ACTION_BUTTON_CLICKED&c2a=https%3A%2F%2Fx.example%2F%3Ft%3D{encoded}\
         &x={TOKEN}&{V2_TOKEN}=1&secrettoken%5B%5D={V2_TOKEN}"
    );
    let delivery = receive(URLENCODED, body).expect("an authentic event");
    assert_eq!(oddities(&delivery), [("c2a", masked), ("***", masked), ("secrettoken[]", masked)]);
    let extra = [("x", TOKEN), ("***", "1"), ("secrettoken[]", "***")];
    assert_eq!(delivery.event().extra.iter().collect::<Vec<_>>(), extra, "another secret than this token stays");
    let Payload::CallToActionClicked(click) = &delivery.event().payload else { panic!("a click") };
    assert_eq!(click.target.as_deref(), Some("***"));
    assert!(!String::from_utf8_lossy(delivery.raw()).contains("NOT-A-REAL-KEY"));
}

#[test]
fn a_word_for_a_token_masks_nothing() {
    let verifier = Verifier::<QrPlanet>::new(Secrets::one("test").expect("a secret"));
    let body = "secrettoken=test&event=LEAD_CREATED&name=test&email=a%40test.example";
    let delivery = verifier.verify([("content-type", URLENCODED)], body, UnixTime::from_secs(0)).expect("authentic");
    let Payload::LeadCreated(lead) = &delivery.event().payload else { panic!("a lead") };
    assert_eq!((lead.name.as_deref(), oddities(&delivery)), (Some("test"), vec![]));
}

#[test]
fn numbers_that_json_does_not_have_hide_nothing_behind_them() {
    let json = format!(
        r#"{{"event":"QR_CODE_SCANNED","redirects":NaN,"country":-Infinity,"x":Infinity,"l":[1,NaN],"secrettoken":"{TOKEN}","device":"a"}}"#
    );
    let delivery = deliver(JSON, json);
    let Payload::QrCodeScanned(scan) = &delivery.event().payload else { panic!("a scan") };
    assert_eq!((scan.redirects, scan.country.as_deref(), scan.device.as_deref()), (None, None, Some("a")));
    assert_eq!(delivery.event().extra.iter().collect::<Vec<_>>(), [("x", ""), ("l[]", r#"[1,""]"#)]);
    let expected = [
        ("redirects", "is NaN, which is not a number in JSON"),
        ("country", "is -Infinity, which is not a number in JSON"),
        ("x", "is Infinity, which is not a number in JSON"),
        ("l", "is NaN, which is not a number in JSON"),
    ];
    assert_eq!(oddities(&delivery), expected);

    let beside = format!(r#"{{"event":"QR_CODE_CREATED","secrettoken":NaN,"secrettoken":"{TOKEN}"}}"#);
    assert_eq!(receive(JSON, beside).err(), Some(VerifyError::RepeatedField { field: "secrettoken" }));
    let deep = format!(r#"{{"a":NaN,"b":{}{},"secrettoken":"{TOKEN}"}}"#, "[".repeat(200), "]".repeat(200));
    let too_deep = crate::BodyProblem::TooDeep { limit: 128 };
    assert_eq!(receive(JSON, deep).err(), Some(VerifyError::UnusableBody(too_deep)), "the bound holds when repaired");

    let raw = format!("{{\"event\":\"LEAD_CREATED\",\"name\":\"a\tb\u{1}\",\"secrettoken\":\"{TOKEN}\"}}");
    let delivery = deliver(JSON, raw);
    let Payload::LeadCreated(lead) = &delivery.event().payload else { panic!("a lead") };
    assert_eq!(lead.name.as_deref(), Some("a\tb\u{1}"), "control characters are what they are");
}

#[test]
fn an_unknown_event_keeps_everything() {
    let delivery = form("event=QR_CODE_ESCANNED&redirects=1&status=SUCCESS&type=x&lng=1");
    assert_eq!(delivery.event().payload, Payload::Unknown { event_type: "QR_CODE_ESCANNED".into() });
    let names: Vec<&str> = delivery.event().extra.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["redirects", "status", "type", "lng"]);
    assert_eq!((delivery.scan(), oddities(&delivery)), (None, vec![]));
    assert!(!discriminated(delivery.event()));
}

#[test]
fn debug_shows_no_personal_data() {
    let lead = deliver(URLENCODED, fixture!("samples/LEAD_CREATED.form"));
    let shown = format!("{:?}", lead.event());
    let expected = "Event { timestamp: Some(\"2026-03-16 17:20:45\"), user: Some(***), \
                    code: Some(\"https://qr1.at/L4d\"), \
                    payload: LeadCreated(Lead { email: ***, name: *** }), extra: {} }";
    assert_eq!(shown, expected);

    let (scan, delivery) = scanned("lng=14.2858&lat=48.3069&user=demo.user&phone=555");
    let shown = format!("{delivery:?} {:?}", scan.position);
    for hidden in ["14.2858", "48.3069", "demo.user", "555"] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
    assert!(shown.contains("extra: {\"phone\"}") && shown.contains("Position(***)"), "{shown}");

    let shown = format!("{:?}", form("event=JOB_FINISHED&download=https%3A%2F%2Fqr1.at%2Fd%2F1").event());
    assert!(shown.contains("JobFinished { download: *** }"), "{shown}");
}
