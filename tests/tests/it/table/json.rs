//! JSON that is authentic but hard to read.

use super::event;
use crate::{
    scenario::{Request, Scenario, Sender, handled, refused},
    suite,
};

fn data(data: &str) -> String {
    format!(r#"{{"type":"scan.created","id":"evt_1","created_at":"2026-05-09T14:01:23Z","data":{data}}}"#)
}

fn handle(name: &'static str, body: impl Into<Vec<u8>>) -> Scenario {
    handled(name, Sender::QrStudio, Request::signed(Sender::QrStudio, body))
}

fn unusable(name: &'static str, body: impl Into<Vec<u8>>) -> Scenario {
    refused(name, Sender::QrStudio, Request::signed(Sender::QrStudio, body), 400, "unusable-body")
}

/// `{}`, compressed with gzip.
const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00";

#[test]
fn that_is_authentic() {
    let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    let gzip = Request::signed(Sender::QrStudio, GZIP).header("content-encoding", "gzip");
    let unpacked = Request::signed(Sender::QrStudio, "{}").body(GZIP).header("content-encoding", "gzip");
    suite::run(vec![
        unusable("nothing", ""),
        unusable("a list", "[]"),
        unusable("a number", "1"),
        unusable("null", "null"),
        unusable("half an object", r#"{"type":"scan.created","id":"evt_1""#),
        unusable("an object with something after it", event(Sender::QrStudio, "evt_1") + "{}"),
        unusable("an object without an id", r#"{"type":"scan.created"}"#),
        unusable("an empty id", r#"{"type":"scan.created","id":""}"#),
        unusable("an id that is a number", r#"{"type":"scan.created","id":1}"#),
        unusable("JSON 100,000 levels deep", data(&deep(100_000))),
        unusable("JSON 129 levels deep", data(&deep(129))),
        unusable("JSON that only opens", "[".repeat(200_000)),
        unusable("a NUL byte after the object", event(Sender::QrStudio, "evt_1") + "\0"),
        handle("JSON 100 levels deep", data(&deep(100))),
        handle("a number of 100,000 digits", data(&format!(r#"{{"short_id":"a","n":{}}}"#, "9".repeat(100_000)))),
        handle(
            "a number of 100,000 digits where a string should be",
            data(&format!(r#"{{"short_id":{}}}"#, "9".repeat(100_000))),
        ),
        handle(
            "a number with 100,000 zeros in its exponent",
            data(&format!(r#"{{"short_id":1e{}1}}"#, "0".repeat(100_000))),
        ),
        handle("lone surrogates in the data", data(r#"{"short_id":"\ud800","country":"\udc00\ud800x"}"#)),
        handle("a lone surrogate in the id", event(Sender::QrStudio, r"evt_\ud83d")),
        handle("a NUL in the id", event(Sender::QrStudio, r"evt_\u0000_1")),
        handle("a line break and a quotation mark in the id", event(Sender::QrStudio, r#"evt_\r\n\""#)),
        handle(
            "bytes that are not UTF-8",
            [br#"{"type":"a","id":"evt_1","data":""#.as_slice(), b"\xff\xfe", br#""}"#].concat(),
        ),
        handle("an unknown type", r#"{"type":"moon.landed","id":"evt_1","data":{}}"#),
        handle("no type", r#"{"id":"evt_1"}"#),
        handle("data that fits nothing", data(r#"[null,{"short_id":[]}]"#)),
        handle("repeated keys", r#"{"type":"a","id":"evt_0","id":"evt_1","type":"scan.created","data":1,"data":{}}"#),
        handle("another content type", event(Sender::QrStudio, "evt_1"))
            .change(|request| request.without_header("content-type").header("content-type", "text/plain")),
        handle("no content type", event(Sender::QrStudio, "evt_1"))
            .change(|request| request.without_header("content-type")),
        handled(
            "an id of 1 MB",
            Sender::CodeQr,
            Request::signed(Sender::CodeQr, event(Sender::CodeQr, &"x".repeat(1_000_000))),
        ),
        refused(
            "an id of 1 MB, for a sender with a small body limit",
            Sender::QrStudio,
            Request::signed(Sender::QrStudio, event(Sender::QrStudio, &"x".repeat(1_000_000))),
            413,
            "body-too-large",
        ),
        refused("a gzip body that was signed after compression", Sender::QrStudio, gzip, 400, "unusable-body"),
        refused(
            "a gzip body that was signed before compression",
            Sender::QrStudio,
            unpacked,
            401,
            "signature-mismatch",
        ),
    ]);
}
