use bytes::Bytes;

use super::*;
use crate::BodyProblem;

const FIELD: &str = "secrettoken";
const MISSING: VerifyError = VerifyError::MissingToken { field: FIELD };
const MISMATCH: VerifyError = VerifyError::TokenMismatch { field: FIELD };
const REPEATED: VerifyError = VerifyError::RepeatedField { field: FIELD };
const BROKEN: VerifyError = VerifyError::UnusableBody(BodyProblem::BrokenForm);
const TOO_MANY: VerifyError = VerifyError::UnusableBody(BodyProblem::TooManyFields { limit: 1000 });
const TOO_DEEP: VerifyError = VerifyError::UnusableBody(BodyProblem::TooDeep { limit: 128 });
const NO_EVENT: VerifyError = VerifyError::UnusableBody(BodyProblem::NoEvent { field: "event" });

fn refuses(cases: &[(&str, &str, String, VerifyError)]) {
    for (name, content_type, body, expected) in cases {
        assert_eq!(receive(content_type, body.as_str()).err().as_ref(), Some(expected), "{name}");
    }
}

#[test]
fn refuses_url_encoded_forms() {
    let event = "event=QR_CODE_CREATED";
    let thousand = "a=1&".repeat(1000);
    let cases = [
        ("empty body", String::new(), MISSING),
        ("no token", event.into(), MISSING),
        ("wrong token", format!("{event}&secrettoken=wrong"), MISMATCH),
        ("empty token", format!("{event}&secrettoken="), MISMATCH),
        ("token without a value", format!("{event}&secrettoken"), MISMATCH),
        ("half a token", format!("{event}&secrettoken={}", &TOKEN[..20]), MISMATCH),
        ("more than the token", format!("{event}&secrettoken={TOKEN}x"), MISMATCH),
        ("blank before the token", format!("{event}&secrettoken=+{TOKEN}"), MISMATCH),
        ("token in another case", format!("{event}&secrettoken={}", TOKEN.to_lowercase()), MISMATCH),
        ("token encoded twice", format!("{event}&secrettoken=%2546AKE{}", &TOKEN[4..]), MISMATCH),
        ("token twice", format!("secrettoken={TOKEN}&{event}&secrettoken={TOKEN}"), REPEATED),
        ("token three times", format!("secrettoken={TOKEN}&secrettoken={TOKEN}&secrettoken={TOKEN}"), REPEATED),
        ("right token behind a wrong one", format!("secrettoken=wrong&{event}&secrettoken={TOKEN}"), REPEATED),
        ("repeated in percent encoding", format!("secrettoken={TOKEN}&{event}&%73ecrettoken={TOKEN}"), REPEATED),
        ("repeated and empty", format!("secrettoken={TOKEN}&{event}&secrettoken="), REPEATED),
        ("a list", format!("{event}&secrettoken[]={TOKEN}"), MISSING),
        ("a list with an index", format!("{event}&secrettoken%5B0%5D={TOKEN}"), MISSING),
        ("a name in another case", format!("{event}&SecretToken={TOKEN}"), MISSING),
        ("a blank before the name", format!("{event}&+secrettoken={TOKEN}"), MISSING),
        ("a NUL behind the name", format!("{event}&secrettoken%00={TOKEN}"), MISSING),
        ("a semicolon as separator", format!("{event};secrettoken={TOKEN}"), MISSING),
        ("token behind the limit", format!("{event}&{thousand}secrettoken={TOKEN}"), MISSING),
        ("token before the limit", format!("secrettoken={TOKEN}&{event}&{thousand}"), TOO_MANY),
        ("wrong token before the limit", format!("secrettoken=wrong&{event}&{thousand}"), MISMATCH),
        ("no event", format!("secrettoken={TOKEN}"), NO_EVENT),
        ("empty event", format!("event=&secrettoken={TOKEN}"), NO_EVENT),
        ("last event empty", format!("{event}&event=&secrettoken={TOKEN}"), NO_EVENT),
        ("list of events", format!("event[]=QR_CODE_CREATED&secrettoken={TOKEN}"), NO_EVENT),
        ("wrong token and no event", "secrettoken=wrong".into(), MISMATCH),
    ];
    refuses(&cases.map(|(name, body, expected)| (name, URLENCODED, body, expected)));
    let full = format!("secrettoken={TOKEN}&{event}&{}", "a=1&".repeat(998));
    assert_eq!(deliver(URLENCODED, full).event().extra.iter().count(), 998, "1000 fields are within the limit");
}

#[test]
fn refuses_multipart_forms() {
    let part = |name: &str, value: &str| {
        format!("--QRPLANETSAMPLEBOUNDARY\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n")
    };
    let (event, token) = (part("name=\"event\"", "QR_CODE_CREATED"), part("name=\"secrettoken\"", TOKEN));
    let wrong = part("name=\"secrettoken\"", "wrong");
    let end = "--QRPLANETSAMPLEBOUNDARY--\r\n";
    let file = part("name=\"secrettoken\"; filename=\"t\"", TOKEN);
    let cut = part("name=\"a\"", "").replace("\r\n\r\n\r\n", "\r\n\r\n");
    let many = event.repeat(1000);
    let whole = format!("{event}{token}{end}");
    let cases = [
        ("empty body", MULTIPART, String::new(), MISSING),
        ("wrong token", MULTIPART, format!("{event}{wrong}{end}"), MISMATCH),
        ("empty token", MULTIPART, format!("{event}{}{end}", part("name=\"secrettoken\"", "")), MISMATCH),
        ("token twice", MULTIPART, format!("{token}{event}{token}{end}"), REPEATED),
        ("token without quotes again", MULTIPART, format!("{token}{}{end}", part("name=secrettoken", "")), REPEATED),
        ("token as a file", MULTIPART, format!("{event}{file}{end}"), MISSING),
        ("token without a name", MULTIPART, format!("{event}{}{end}", part("x=\"y\"", TOKEN)), MISSING),
        ("a list", MULTIPART, format!("{event}{}{end}", part("name=\"secrettoken[]\"", TOKEN)), MISSING),
        ("token behind the limit", MULTIPART, format!("{many}{token}{end}"), MISSING),
        ("token before the limit", MULTIPART, format!("{token}{many}{end}"), TOO_MANY),
        ("no closing boundary", MULTIPART, format!("{token}{event}--QRPLANETSAMPLEBOUNDARY\r\n"), BROKEN),
        ("breaks off behind the token", MULTIPART, format!("{token}{}", &event[..60]), BROKEN),
        ("wrong token, no closing boundary", MULTIPART, format!("{wrong}{event}"), MISMATCH),
        ("breaks off before the token", MULTIPART, format!("{event}{}", &token[..60]), MISSING),
        ("breaks off in the token", MULTIPART, format!("{event}{}", token.trim_end()), MISSING),
        ("no boundary in the content type", "multipart/form-data", whole.clone(), MISSING),
        ("an empty boundary", "multipart/form-data; boundary=\"\"", whole.clone(), MISSING),
        ("another boundary", "multipart/form-data; boundary=OTHER", whole.clone(), MISSING),
        // PHP would take the second token for the value of `a`.
        ("token behind a part without a value", MULTIPART, format!("{token}{event}{cut}{token}{end}"), REPEATED),
        ("no event", MULTIPART, format!("{token}{end}"), NO_EVENT),
        ("url-encoded after all", MULTIPART, format!("event=QR_CODE_CREATED&secrettoken={TOKEN}"), MISSING),
        ("multipart after all", URLENCODED, whole.clone(), MISSING),
    ];
    refuses(&cases);
    let delivery = receive(MULTIPART, format!("{file}{whole}")).expect("an authentic event");
    assert_eq!(delivery.raw(), "event=QR_CODE_CREATED", "a file is dropped, whatever its name");
    assert_eq!(delivery.oddities()[0].to_string(), "`secrettoken` is a file, and was left out");
}

#[test]
fn refuses_json() {
    let event = r#""event":"QR_CODE_CREATED""#;
    let token = format!(r#""secrettoken":"{TOKEN}""#);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let many = format!("{event},").repeat(1000);
    let cases = [
        ("empty body", String::new(), MISSING),
        ("a list", format!("[{{{token}}}]"), MISSING),
        ("a text", format!("\"{TOKEN}\""), MISSING),
        ("wrong token", format!(r#"{{{event},"secrettoken":"wrong"}}"#), MISMATCH),
        ("null for a token", format!(r#"{{{event},"secrettoken":null}}"#), MISSING),
        ("number for a token", format!(r#"{{{event},"secrettoken":0}}"#), MISMATCH),
        ("true for a token", format!(r#"{{{event},"secrettoken":true}}"#), MISMATCH),
        ("a list for a token", format!(r#"{{{event},"secrettoken":["{TOKEN}"]}}"#), MISSING),
        ("token within an object", format!(r#"{{{event},"a":{{{token}}}}}"#), MISSING),
        ("token twice", format!("{{{token},{event},{token}}}"), REPEATED),
        ("token twice, once with an escape", format!(r#"{{{token},{event},"secret\u0074oken":""}}"#), REPEATED),
        ("token behind the limit", format!("{{{many}{token}}}"), MISSING),
        ("token before the limit", format!("{{{token},{many}\"a\":1}}"), TOO_MANY),
        ("broken before the token", format!("{{{event} {token}}}"), MISSING),
        ("broken behind the token", format!("{{{token} {event}}}"), BROKEN),
        ("broken behind a wrong token", format!(r#"{{"secrettoken":"wrong" {event}}}"#), MISMATCH),
        ("goes on behind the object", format!("{{{token},{event}}}{{}}"), BROKEN),
        ("deep before the token", format!(r#"{{"a":{deep},{token},{event}}}"#), TOO_DEEP),
        ("deep behind the token", format!(r#"{{{token},"a":{deep},{event}}}"#), TOO_DEEP),
        ("deep and a wrong token", format!(r#"{{"secrettoken":"wrong","a":{deep}}}"#), MISMATCH),
        ("deep and no token", deep.clone(), MISSING),
        ("deep, broken and no token", "{\"a\":".repeat(40_000), MISSING),
        ("no event", format!("{{{token}}}"), NO_EVENT),
        ("null for an event", format!(r#"{{{token},"event":null}}"#), NO_EVENT),
    ];
    refuses(&cases.map(|(name, body, expected)| (name, JSON, body, expected)));
}

#[test]
fn refuses_other_content_types() {
    let body = format!("event=QR_CODE_CREATED&secrettoken={TOKEN}");
    let now = UnixTime::from_secs(0);
    let cases: [(&str, &[(&str, &str)]); 7] = [
        ("none", &[]),
        ("empty", &[("content-type", "")]),
        ("text", &[("content-type", "text/plain")]),
        ("another multipart", &[("content-type", "multipart/mixed; boundary=B")]),
        ("a kind of JSON", &[("content-type", "application/vnd.api+json")]),
        ("two", &[("content-type", URLENCODED), ("Content-Type", URLENCODED)]),
        ("two in one", &[("content-type", "application/x-www-form-urlencoded, text/plain")]),
    ];
    for (name, headers) in cases {
        let error = verifier().verify(headers, body.clone(), now).err();
        assert_eq!(error, Some(VerifyError::UnsupportedMediaType), "{name}");
    }
    for accepted in ["APPLICATION/X-WWW-FORM-URLENCODED", "application/x-www-form-urlencoded;charset=UTF-8"] {
        assert_eq!(deliver(accepted, body.clone()).event().payload, Payload::QrCodeCreated, "{accepted}");
    }
}

#[test]
fn refuses_bodies_over_the_limit_before_it_reads_them() {
    let limit = 256 * 1024;
    let body = |length: usize| {
        let start = format!("event=QR_CODE_CREATED&secrettoken={TOKEN}&a=");
        Bytes::from(start.clone() + &"a".repeat(length - start.len()))
    };
    let too_large = Some(VerifyError::BodyTooLarge { limit });
    assert_eq!(receive(URLENCODED, body(limit)).err(), None);
    assert_eq!(receive(URLENCODED, body(limit + 1)).err(), too_large);
    let announced = [("content-length", "262145"), ("content-type", "text/plain")];
    assert_eq!(verifier().read(&crate::Head::post(&announced)).err(), too_large, "before the content type");
}

#[test]
fn tells_which_secret_matched() {
    for (token, position, label) in [(TOKEN, 0, "v1"), (V2_TOKEN, 1, "v2")] {
        let delivery = deliver(URLENCODED, format!("event=QR_CODE_CREATED&secrettoken={token}"));
        assert_eq!(
            (delivery.matched_secret().position, delivery.matched_secret().label.as_deref()),
            (position, Some(label))
        );
    }
    let both = receive(URLENCODED, format!("event=QR_CODE_CREATED&secrettoken={TOKEN}{V2_TOKEN}"));
    assert_eq!(both.err(), Some(MISMATCH));
}

#[test]
fn no_reason_shows_the_token() {
    for body in ["secrettoken=FAKE", "secrettoken=FAKE&secrettoken=FAKE", "event=FAKE"] {
        let error = receive(URLENCODED, body).expect_err("refused");
        assert!(!format!("{error} {error:?}").contains("FAKE"), "{error}");
    }
}
