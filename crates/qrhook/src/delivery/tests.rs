use std::time::Duration;

use http::HeaderName;

use super::*;
use crate::{
    body::BodyProblem,
    codeqr::CodeQr,
    qrplanet::QrPlanet,
    qrstudio::QrStudio,
    secret::{Secret, Secrets},
    verify::{SignatureProblem, VerifyError, Window},
};

/// The vectors of the provider's page, made with another tool than this crate's.
const SECRET: &str = "whsec_EXAMPLE_not_a_real_secret_0001";
const NOW: UnixTime = UnixTime::from_secs(1_778_335_283);
const BODY: &str =
    r#"{"type":"scan.created","id":"evt_vector1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;
const MAC: &str = "c264cc51c7b91f1679fdfc201bf1210fac1758f5310735eaa77c2042a4afba6a";
const BODY_2: &str =
    r#"{"type":"dynamic_qr.created","id":"evt_vector2","created_at":"2026-05-09T13:00:00Z","data":{"name":"Menü ☕"}}"#;

const HEADER: HeaderName = HeaderName::from_static("x-qrstudio-signature");

fn verifier() -> Verifier<QrStudio> {
    Verifier::new(Secrets::one(SECRET).unwrap())
}

fn signed(value: impl Into<String>) -> Vec<(&'static str, String)> {
    vec![("X-QRStudio-Signature", value.into())]
}

fn vector() -> Vec<(&'static str, String)> {
    signed(format!("t=1778335283,v1={MAC}"))
}

fn verdict(headers: &Vec<(&'static str, String)>, body: &'static str) -> Result<String, VerifyError> {
    verifier().verify(headers, body, NOW).map(|delivery| delivery.id().unwrap_or_default().to_owned())
}

#[test]
fn accepts_the_vectors_of_the_page() {
    assert_eq!(verdict(&vector(), BODY), Ok("evt_vector1".into()));
    let body = BODY_2.replace("13:00:00", "14:01:23");
    let header = signed("t=1778335283,v1=8f2fab5eaaba05475135bd1e52eebabd9691cbbe320c76d720906e8a6d90a17c");
    let delivery = verifier().verify(&header, body.clone(), NOW).unwrap();
    assert_eq!(delivery.id(), Some("evt_vector2"));
    assert_eq!(delivery.raw(), body.as_bytes());
    assert_eq!(delivery.signed_at(), Some(NOW));
}

#[test]
fn every_slip_has_its_own_reason() {
    let malformed = |problem| Err(VerifyError::MalformedSignature { header: HEADER, problem });
    let mut twice = vector();
    twice.extend(vector());
    let mut wrong_first = signed(format!("t=1778335283,v1={}", "0".repeat(64)));
    wrong_first.extend(vector());
    let without_prefix = "81bdc32b2da10454f33d07d8e42a5bd4786bcb4b88ea62feac7adb333f309bc4";
    let without_time = "030e736de757d503b8dc08ca4dfe45af3062ca41032ab084d2685dfe03f2ffcc";
    let cases = [
        ("no header", vec![], Err(VerifyError::MissingSignature { header: HEADER })),
        (
            "another header",
            vec![("CodeQR-Signature", MAC.into())],
            Err(VerifyError::MissingSignature { header: HEADER }),
        ),
        ("two equal headers", twice, Err(VerifyError::RepeatedHeader { header: HEADER })),
        ("a wrong one first", wrong_first, Err(VerifyError::RepeatedHeader { header: HEADER })),
        ("empty", signed(""), malformed(SignatureProblem::NoTime)),
        (
            "two lines folded into one",
            signed(format!("t=1778335283,v1={MAC}, t=1778335283,v1={MAC}")),
            malformed(SignatureProblem::RepeatedTime),
        ),
        ("bare hex", signed(MAC), malformed(SignatureProblem::NoTime)),
        ("another time", signed(format!("t=1778335284,v1={MAC}")), Err(VerifyError::SignatureMismatch)),
        (
            "the same time in other digits",
            signed(format!("t=01778335283,v1={MAC}")),
            Err(VerifyError::SignatureMismatch),
        ),
        (
            "key without its prefix",
            signed(format!("t=1778335283,v1={without_prefix}")),
            Err(VerifyError::SignatureMismatch),
        ),
        ("time not signed", signed(format!("t=1778335283,v1={without_time}")), Err(VerifyError::SignatureMismatch)),
        ("under another version", signed(format!("t=1778335283,v0={MAC}")), malformed(SignatureProblem::NoSignature)),
        ("stale and forged", signed(format!("t=1,v1={MAC}")), Err(VerifyError::SignatureMismatch)),
        (
            "right, after a wrong one",
            signed(format!("t=1778335283,v1={},v1={MAC}", "0".repeat(64))),
            Ok("evt_vector1".into()),
        ),
        (
            "right, among blanks and strangers",
            signed(format!(" v2=x , t=1778335283 ,\tv1={MAC},n ")),
            Ok("evt_vector1".into()),
        ),
        ("right, in capitals", signed(format!("t=1778335283,v1={}", MAC.to_uppercase())), Ok("evt_vector1".into())),
        ("right, twice", signed(format!("t=1778335283,v1={MAC},v1={MAC}")), Ok("evt_vector1".into())),
        (
            "right, before a wrong one",
            signed(format!("t=1778335283,v1={MAC},v1={}", "0".repeat(64))),
            Ok("evt_vector1".into()),
        ),
        (
            "the ninth",
            signed(format!("t=1778335283{},v1={MAC}", format!(",v1={}", "0".repeat(64)).repeat(8))),
            Err(VerifyError::SignatureMismatch),
        ),
        (
            "the eighth",
            signed(format!("t=1778335283{},v1={MAC}", format!(",v1={}", "0".repeat(64)).repeat(7))),
            Ok("evt_vector1".into()),
        ),
    ];
    for (name, headers, expected) in cases {
        assert_eq!(verdict(&headers, BODY), expected, "{name}");
    }
}

#[test]
fn no_bit_of_the_signature_and_no_byte_of_the_body_can_change() {
    let mac: [u8; 32] = const_hex::decode_to_array(MAC).unwrap();
    for bit in 0..256 {
        let mut flipped = mac;
        flipped[bit / 8] ^= 1 << (bit % 8);
        let headers = signed(format!("t=1778335283,v1={}", const_hex::encode(flipped)));
        assert_eq!(verdict(&headers, BODY), Err(VerifyError::SignatureMismatch), "bit {bit}");
    }
    for position in 0..BODY.len() {
        let mut body = BODY.as_bytes().to_vec();
        body[position] ^= 1;
        let verdict = verifier().verify(vector(), body, NOW).err();
        assert_eq!(verdict, Some(VerifyError::SignatureMismatch), "byte {position}");
    }
    for body in [format!("{BODY}\n"), BODY[1..].to_owned(), String::new()] {
        assert_eq!(verifier().verify(vector(), body, NOW).err(), Some(VerifyError::SignatureMismatch));
    }
}

#[test]
fn the_window_is_closed_at_both_ends() {
    let at = |seconds| UnixTime::from_secs(NOW.as_secs() + seconds);
    let tolerance = Duration::from_secs(300);
    let cases = [
        (300, None),
        (301, Some(VerifyError::Stale { signed_at: NOW, now: at(301), tolerance })),
        (-300, None),
        (-301, Some(VerifyError::Future { signed_at: NOW, now: at(-301), tolerance })),
        (
            i64::MAX - NOW.as_secs(),
            Some(VerifyError::Stale { signed_at: NOW, now: at(i64::MAX - NOW.as_secs()), tolerance }),
        ),
    ];
    for (offset, expected) in cases {
        assert_eq!(verifier().verify(vector(), BODY, at(offset)).err(), expected, "{offset}");
    }
    let narrow = Window { past: Duration::from_secs(1), future: Duration::ZERO };
    let verdict = verifier().with_window(narrow).verify(vector(), BODY, at(2)).err();
    assert_eq!(verdict, Some(VerifyError::Stale { signed_at: NOW, now: at(2), tolerance: narrow.past }));
    let anytime = verifier().with_insecure_unlimited_age();
    for now in [i64::MIN, 0, i64::MAX] {
        assert_eq!(anytime.verify(vector(), BODY, UnixTime::from_secs(now)).err(), None, "{now}");
    }
}

#[test]
fn tells_which_secret_matched_and_follows_a_rotation() {
    let secrets =
        Secrets::new([Secret::new("whsec_other").unwrap(), Secret::new(SECRET).unwrap().with_label("current")])
            .unwrap();
    let verifier = Verifier::<QrStudio>::new(secrets.clone());
    let matched = verifier.check(vector(), BODY.as_bytes(), NOW).unwrap().secret;
    assert_eq!((matched.position, matched.label.as_deref()), (1, Some("current")));

    secrets.replace([Secret::new("whsec_other").unwrap()]).unwrap();
    assert_eq!(verifier.check(vector(), BODY.as_bytes(), NOW), Err(VerifyError::SignatureMismatch));
}

#[test]
fn a_body_over_the_limit_is_refused_announced_or_not() {
    let limited = verifier().with_body_limit(BODY.len());
    assert_eq!(limited.verify(vector(), BODY, NOW).err(), None);
    let limit = BODY.len() - 1;
    let limited = verifier().with_body_limit(limit);
    assert_eq!(limited.verify(vector(), BODY, NOW).err(), Some(VerifyError::BodyTooLarge { limit }));
    let mut announced = vector();
    announced.push(("Content-Length", "1073741824".into()));
    assert_eq!(limited.read(&crate::Head::post(&announced)).err(), Some(VerifyError::BodyTooLarge { limit }));
    // A request without a signature does not reveal the limit.
    let stranger = vec![("Content-Length", "1073741824")];
    assert_eq!(
        limited.read(&crate::Head::post(&stranger)).err(),
        Some(VerifyError::MissingSignature { header: HEADER })
    );
}

#[cfg(any(test, feature = "testing"))]
#[test]
fn an_authentic_body_is_only_refused_when_it_is_no_event() {
    let verdict = |body: &[u8]| {
        let request = crate::testing::sign::<QrStudio>(SECRET, body.to_vec(), NOW);
        let delivery = verifier().verify(&request.headers, request.body, NOW)?;
        Ok((delivery.id().unwrap_or_default().to_owned(), delivery.oddities().len()))
    };
    let unusable = |problem| Err(VerifyError::UnusableBody(problem));
    let no_id = || unusable(BodyProblem::NoId { field: "id" });
    let nested = format!(r#"{{"id":"a","data":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let long_id = "x".repeat(200_000);
    let long = format!(r#"{{"id":"{long_id}"}}"#);
    let digits = format!(r#"{{"type":"scan.created","id":"a","data":{{"owner_id":{}}}}}"#, "9".repeat(100_000));
    type Case<'a> = (&'a str, &'a [u8], Result<(String, usize), VerifyError>);
    let cases: Vec<Case<'_>> = vec![
        ("empty", b"", unusable(BodyProblem::NotAnObject)),
        ("not JSON", b"hello", unusable(BodyProblem::NotAnObject)),
        ("an array", b"[]", unusable(BodyProblem::NotAnObject)),
        ("two objects", br#"{"id":"a"}{"id":"b"}"#, unusable(BodyProblem::NotAnObject)),
        ("breaks off", br#"{"id":"a""#, unusable(BodyProblem::NotAnObject)),
        ("no id", b"{}", no_id()),
        ("an empty id", br#"{"id":""}"#, no_id()),
        ("an id that is a number", br#"{"id":1}"#, no_id()),
        ("an id that is null", br#"{"id":null}"#, no_id()),
        ("nested deeply", nested.as_bytes(), unusable(BodyProblem::TooDeep { limit: 128 })),
        ("an id and nothing else", br#"{"id":"a"}"#, Ok(("a".into(), 0))),
        ("the last id counts", br#"{"id":"a","id":"b"}"#, Ok(("b".into(), 0))),
        ("a strange id", br#"{"id":"\u0000 \n"}"#, Ok(("\0 \n".into(), 0))),
        ("half a character in the id", br#"{"id":"\ud800"}"#, Ok(("\u{fffd}d800".into(), 1))),
        ("the other half", br#"{"id":"\udc00"}"#, Ok(("\u{fffd}dc00".into(), 1))),
        ("the same, where a name has one too", br#"{"\ud800":1,"id":"\udc00"}"#, Ok(("\u{fffd}dc00".into(), 1))),
        ("an id that is not UTF-8", b"{\"id\":\"\xff\"}", Ok(("\u{fffd}ff".into(), 1))),
        ("another one", b"{\"id\":\"\xfe\"}", Ok(("\u{fffd}fe".into(), 1))),
        ("an id that only looks like one", br#"{"id":"\\ud800"}"#, Ok(("\\ud800".into(), 0))),
        ("half a character in a name", br#"{"\ud800":1,"id":"a"}"#, Ok(("a".into(), 1))),
        ("a byte order mark", b"\xef\xbb\xbf{\"id\":\"a\"}", Ok(("a".into(), 1))),
        ("not UTF-8", b"{\"id\":\"a\",\"x\":\"\xff\"}", Ok(("a".into(), 1))),
        ("an id of 200 kB", long.as_bytes(), Ok((long_id.clone(), 0))),
        ("100,000 digits", digits.as_bytes(), Ok(("a".into(), 1))),
        ("a known type without data", br#"{"type":"scan.created","id":"a"}"#, Ok(("a".into(), 1))),
        ("a type that is not a string", br#"{"type":1,"id":"a","data":{}}"#, Ok(("a".into(), 1))),
    ];
    for (name, body, expected) in cases {
        assert_eq!(verdict(body), expected, "{name}");
    }
}

#[test]
fn bare_hex_covers_the_body_alone() {
    let verifier = Verifier::<CodeQr>::new(Secrets::one("whsec_00000000000000000000000000000000").unwrap());
    let body = r#"{"id":"evt_0000000000000000000000001","event":"link.created","createdAt":"2026-03-14T09:00:00.123Z","data":{"id":"cmexamplelink0000000000001"}}"#;
    let mac = "9c66f2ed446e7dd94e2aeea3c4ffec17774f27514d4bfe643a598033a22f43ff";
    let header = HeaderName::from_static("codeqr-signature");
    assert_eq!(verifier.verify([("codeqr-signature", mac)], body, NOW).unwrap().signed_at(), None);
    let problem = SignatureProblem::NotHex;
    let prefixed = format!("sha256={mac}");
    assert_eq!(
        verifier.verify([("codeqr-signature", prefixed)], body, NOW).err(),
        Some(VerifyError::MalformedSignature { header, problem })
    );
}

#[test]
fn an_error_says_what_is_wrong_with_the_header() {
    let said = |value: &str| verifier().verify(signed(value), BODY, NOW).map(drop).unwrap_err().to_string();
    assert_eq!(said("v1=x"), "the `x-qrstudio-signature` header is malformed: it has no `t`");
    assert_eq!(said("t=1"), "the `x-qrstudio-signature` header is malformed: it has no `v1`");
}

#[test]
fn only_a_form_with_a_token_is_written_again() {
    assert!(!verifier().rewrites_body());
    assert!(Verifier::<QrPlanet>::new(Secrets::one("token").unwrap()).rewrites_body());
}

#[test]
fn errors_and_debug_show_no_secret_and_no_body() {
    let delivery = verifier().verify(vector(), BODY, NOW).unwrap();
    let forged = verifier().verify(signed(format!("t=1778335283,v1={}", "0".repeat(64))), BODY, NOW).unwrap_err();
    for shown in [format!("{:?}", verifier()), format!("{delivery:?}"), format!("{forged:?} {forged}")] {
        for hidden in [SECRET, MAC, r#""short_id""#] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}

#[test]
fn a_delivery_without_a_receiver_was_not_claimed() {
    let delivery = verifier().verify(vector(), BODY, NOW).unwrap();
    assert!(!delivery.id_conflict() && !delivery.unclaimed());
    assert_eq!(delivery.claim_request(), Err(crate::store::ClaimNotManual));
}
