//! The cost of hostile requests, counted in allocations, which are the same in every run.

use allocation_counter::{AllocationInfo, measure};

use super::*;

const BODY: usize = 256 * 1024;

/// The work for a body of maximum length that is refused for its token.
fn refused(name: &str, content_type: &str, body: Vec<u8>, expected: &VerifyError) -> AllocationInfo {
    assert!(body.len() <= BODY && body.len() > BODY - 1000, "{name}: {}", body.len());
    let verifier = verifier();
    let headers = [("content-type", content_type)];
    let unverified = verifier.read(&crate::Head::post(&headers)).expect("a form's headers");
    let body = bytes::Bytes::from(body);
    let mut outcome = None;
    let work = measure(|| {
        outcome = verifier.complete(&unverified.unverified, body, verifier.whose(), UnixTime::from_secs(0)).err()
    });
    assert_eq!(outcome.as_ref(), Some(expected), "{name}");
    work
}

/// A start, as many repetitions as fit, and an end.
fn filled(start: &str, piece: &[u8], end: &str) -> Vec<u8> {
    let room = BODY.saturating_sub(start.len()).saturating_sub(end.len());
    let times = room.checked_div(piece.len()).expect("a piece that is not empty");
    [start.as_bytes(), &piece.repeat(times), end.as_bytes()].concat()
}

#[test]
fn a_body_that_proves_nothing_costs_a_few_allocations_and_a_few_times_its_length() {
    let missing = VerifyError::MissingToken { field: "secrettoken" };
    let mismatch = VerifyError::TokenMismatch { field: "secrettoken" };
    let part = "--QRPLANETSAMPLEBOUNDARY\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
    let whole_part = format!("{part}1\r\n");
    // Name, content type, body, reason, most allocations, most memory in lengths of the body.
    let cases = [
        ("0xFF as JSON", JSON, filled("", b"\xff", ""), &missing, 0, 0),
        ("0xFF in a string", JSON, filled("{\"a\":\"", b"\xff", "\"}"), &missing, 20, 11),
        ("0xFF in a broken string", JSON, filled("{\"a\":\"", b"\xff", ""), &missing, 20, 6),
        ("halves of characters", JSON, filled("{\"a\":\"", b"\\ud800", "\"}"), &missing, 20, 5),
        ("control characters", JSON, filled("{\"a\":\"", b"\x01", "\"}"), &missing, 40, 19),
        ("NaN", JSON, filled("{\"a\":[", b"NaN,", "1]}"), &missing, 100, 2),
        ("NaN in many members", JSON, filled("{", b"\"a\":NaN,", "\"b\":1}"), &missing, 1200, 2),
        ("brackets", JSON, filled("{\"a\":", b"[", ""), &missing, 40, 4),
        ("brackets around NaN", JSON, filled("{\"a\":NaN,\"b\":", b"{\"c\":", ""), &missing, 40, 2),
        ("escapes in JSON", JSON, filled("{\"a\":\"", b"\\n", "\"}"), &missing, 40, 2),
        ("quotes in JSON", JSON, filled("{\"a\":\"", b"\\\"", "\"}"), &missing, 40, 2),
        ("members", JSON, filled("{", b"\"\\n\":\"\\n\",", "\"b\":1}"), &missing, 3100, 1),
        ("a wrong token behind it", JSON, filled("{\"a\":\"", b"\xff", "\",\"secrettoken\":\"x\"}"), &mismatch, 20, 11),
        ("separators", URLENCODED, filled("", b"&", ""), &missing, 0, 0),
        ("fields", URLENCODED, filled("", b"%41=+&", ""), &missing, 2100, 1),
        ("escapes", URLENCODED, filled("a=", b"%ff", ""), &missing, 10, 2),
        ("half escapes", URLENCODED, filled("a=", b"%", ""), &missing, 10, 2),
        ("parts", MULTIPART, filled("", whole_part.as_bytes(), ""), &missing, 20, 1),
        ("parts without names", MULTIPART, filled("", b"--QRPLANETSAMPLEBOUNDARY\n\n", ""), &missing, 1100, 1),
        ("boundaries that are none", MULTIPART, filled(part, b"--QRPLANETSAMPLEBOUNDARX\n", ""), &missing, 10, 0),
        ("boundaries in one line", MULTIPART, filled(part, b"--QRPLANETSAMPLEBOUNDARY", ""), &missing, 10, 0),
        ("line ends", MULTIPART, filled("", b"\n", ""), &missing, 10, 0),
        ("a header without an end", MULTIPART, filled(part.trim_end(), b"\r\n x", ""), &missing, 10, 0),
        ("quotes in a header", MULTIPART, filled(part.trim_end(), b";name=\"\\\"", ""), &missing, 10, 0),
    ];
    for (name, content_type, body, reason, allocations, lengths) in cases {
        let work = refused(name, content_type, body, reason);
        assert!(work.count_total <= allocations, "{name}: {} allocations", work.count_total);
        let bytes = usize::try_from(work.bytes_total).expect("a count");
        assert!(bytes <= lengths * BODY + 1024, "{name}: {bytes} bytes");
    }
}

#[test]
fn a_proven_body_costs_a_few_times_its_length_too() {
    let start = |parameters: &str| format!("secrettoken={TOKEN}&event=X&{parameters}");
    let part = "--QRPLANETSAMPLEBOUNDARY\r\nContent-Disposition: form-data; name=";
    let token = format!("{part}secrettoken\r\n\r\n{TOKEN}\r\n{part}event\r\n\r\nX\r\n");
    let end = "--QRPLANETSAMPLEBOUNDARY--";
    let json = |member: &str| format!("{{\"event\":\"X\",\"secrettoken\":\"{TOKEN}\",{member}");
    let no_piece = format!("{part}a; filename=\"b\"\r\n\r\n{}\r\n", "x".repeat(250));
    // Name, content type, body, most allocations, most memory in lengths of the body.
    let cases = [
        ("percent signs, encoded over and over", URLENCODED, filled(&start("a="), b"%2525252525", ""), 80, 12),
        ("percent signs alone", URLENCODED, filled(&start("a="), b"%", ""), 80, 12),
        ("starts of HTML escapes", URLENCODED, filled(&start("a="), b"%26%23", ""), 80, 12),
        ("nearly the token", URLENCODED, filled(&start("a="), &TOKEN.as_bytes()[..TOKEN.len() - 1], ""), 80, 12),
        ("the token", URLENCODED, filled(&start("a="), TOKEN.as_bytes(), ""), 80, 12),
        (
            "many fields with it",
            URLENCODED,
            filled(&start(""), format!("{}={TOKEN}&", "a".repeat(250)).as_bytes(), ""),
            2500,
            10,
        ),
        ("files", MULTIPART, filled(&token, no_piece.as_bytes(), end), 300, 2),
        ("0xFF in a string", JSON, filled(&json("\"a\":\""), b"\xff", "\"}"), 80, 48),
        ("NaN", JSON, filled(&json("\"a\":["), b"NaN,", "1]}"), 300, 11),
    ];
    let verifier = verifier();
    for (name, content_type, body, allocations, lengths) in cases {
        assert!(body.len() <= BODY && body.len() > BODY - 1000, "{name}: {}", body.len());
        let body = bytes::Bytes::from(body);
        let mut outcome = None;
        let headers = [("content-type", content_type)];
        let work = measure(|| outcome = verifier.verify(headers, body, UnixTime::from_secs(0)).err());
        assert_eq!(outcome, None, "{name}");
        assert!(work.count_total <= allocations, "{name}: {} allocations", work.count_total);
        let bytes = usize::try_from(work.bytes_total).expect("a count");
        assert!(bytes <= lengths * BODY + 1024, "{name}: {bytes} bytes");
    }
}
