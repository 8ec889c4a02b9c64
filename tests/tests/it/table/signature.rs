//! Signatures: forged, old, doubled and absurd ones.

use super::event;
use crate::{
    scenario::{OLD_SECRET, Own, Request, SECRET, Scenario, Sender, handled, refused},
    suite,
    surface::Host,
};

const NAME: &str = "x-qrstudio-signature";

fn signed() -> Request {
    Request::signed(Sender::QrStudio, event(Sender::QrStudio, "evt_1"))
}

fn at(offset: i64) -> Request {
    Request::signed_by(Sender::QrStudio, event(Sender::QrStudio, "evt_1"), &[SECRET], offset)
}

/// The same request with another signature header.
fn resigned(change: impl FnOnce(&str) -> String) -> Request {
    signed().resigned(change)
}

/// A request with the signature header twice, once right and once forged.
fn doubled(forged_first: bool) -> Request {
    let (good, mut forged) = (signed().signature().clone(), signed().signature().clone());
    *forged.last_mut().unwrap() ^= 1;
    let lines = if forged_first { [forged, good] } else { [good, forged] };
    let [first, second] = lines;
    signed().without_header(NAME).header(NAME, first).header("X-QRStudio-Signature", second)
}

fn studio(name: &'static str, request: Request, reason: &'static str) -> Scenario {
    refused(name, Sender::QrStudio, request, 401, reason)
}

#[test]
fn of_every_kind() {
    let v1 = |value: &str| value.split_once(",v1=").unwrap().1.to_owned();
    let malformed = "malformed-signature";
    let mut scenarios = vec![
        studio("no signature", signed().without_header(NAME), "missing-signature"),
        studio(
            "another sender's signature",
            signed().without_header(NAME).header("codeqr-signature", "00"),
            "missing-signature",
        ),
        studio("two signature headers, the first one forged", doubled(true), "repeated-header"),
        studio("two signature headers, the second one forged", doubled(false), "repeated-header"),
        studio(
            "two signature headers that are equal",
            signed().header(NAME, signed().signature().clone()),
            "repeated-header",
        ),
        studio("an empty signature header", resigned(|_| String::new()), malformed),
        studio("a signature without its time", resigned(|value| format!("v1={}", v1(value))), malformed),
        studio("a signature with two times", resigned(|value| format!("t=1,{value}")), malformed),
        studio("a signed time with a sign", resigned(|value| value.replacen("t=", "t=+", 1)), malformed),
        studio(
            "a signed time beyond any integer",
            resigned(|value| format!("t={},v1={}", "9".repeat(40), v1(value))),
            malformed,
        ),
        studio(
            "the smallest signed time there is",
            resigned(|value| format!("t={},v1={}", i64::MIN, v1(value))),
            malformed,
        ),
        studio("a signature that is cut off", resigned(|value| value[..value.len() - 1].to_owned()), malformed),
        studio("a signature that is too long", resigned(|value| format!("{value}0")), malformed),
        studio(
            "a signature that is not hex",
            resigned(|value| value.replacen("v1=", "v1=g", 1)[..value.len()].to_owned()),
            malformed,
        ),
        studio(
            "a signature of bytes that are not text",
            signed().without_header(NAME).header(NAME, b"t=1,v1=\xff\xfe".to_vec()),
            malformed,
        ),
        studio("a time that was not signed", resigned(|value| format!("t=1,v1={}", v1(value))), "signature-mismatch"),
        studio("another body", signed().body(event(Sender::QrStudio, "evt_2")), "signature-mismatch"),
        studio(
            "a body with a trailing line break",
            signed().body(event(Sender::QrStudio, "evt_1") + "\n"),
            "signature-mismatch",
        ),
        studio("no body", signed().body(""), "signature-mismatch"),
        studio(
            "the wrong secret",
            Request::signed_by(Sender::QrStudio, "{}", &["whsec_wrong"], 0),
            "signature-mismatch",
        ),
        studio("a stale request with a wrong signature", at(-100_000).body("{}"), "signature-mismatch"),
        studio("a stale request", at(-3600), "stale"),
        studio("a request from the future", at(3600), "future"),
        studio(
            "a signed time in the far future",
            Request::signed_by(Sender::QrStudio, "{}", &[SECRET], 999_000_000_000 - 1_800_000_000),
            "future",
        ),
        studio(
            "a hundred v1 of which the ninth is right",
            resigned(|value| {
                let wrong = format!("v1={},", "0".repeat(64));
                value.replacen("v1=", &(wrong.repeat(8) + "v1="), 1)
            }),
            "signature-mismatch",
        ),
        handled(
            "eight v1 of which the last is right",
            Sender::QrStudio,
            resigned(|value| {
                let wrong = format!("v1={},", "0".repeat(64));
                value.replacen("v1=", &(wrong.repeat(7) + "v1="), 1)
            }),
        ),
        handled(
            "blanks around the items, unknown items and upper case",
            Sender::QrStudio,
            resigned(|value| {
                let (time, v1) = value.split_once(",v1=").unwrap();
                format!(" v0=zz , {time} ,, v1={} , scheme", v1.to_uppercase())
            }),
        ),
        handled("a header name in another case", Sender::QrStudio, {
            let value = signed().signature().clone();
            signed().without_header(NAME).header("X-QRSTUDIO-SIGNATURE", value)
        }),
        handled(
            "a signature with the old secret and one with the new one",
            Sender::QrStudio,
            Request::signed_by(Sender::QrStudio, event(Sender::QrStudio, "evt_1"), &[OLD_SECRET, SECRET], 0),
        ),
        refused("no signature", Sender::CodeQr, Request::bare(vec![], "{}"), 401, "missing-signature"),
        refused(
            "a signature with a prefix",
            Sender::CodeQr,
            Request::signed(Sender::CodeQr, "{}").resigned(|value| format!("sha256={value}")),
            401,
            malformed,
        ),
        refused(
            "another body",
            Sender::CodeQr,
            Request::signed(Sender::CodeQr, "{}").body(event(Sender::CodeQr, "evt_1")),
            401,
            "signature-mismatch",
        ),
    ];
    for bit in [0, 7, 100, 131, 255] {
        let request = resigned(|value| flip(value, bit));
        scenarios.push(refused(
            format!("bit {bit} of the signature flipped"),
            Sender::QrStudio,
            request,
            401,
            "signature-mismatch",
        ));
    }
    for index in [0, 40, signed().body.len() - 1] {
        let mut request = signed();
        request.body[index] ^= 1;
        let name = format!("byte {index} of the body changed");
        scenarios.push(refused(name, Sender::QrStudio, request, 401, "signature-mismatch"));
    }
    suite::run(scenarios);
}

/// Flips one bit of the MAC after the last `=`.
pub fn flip(value: &str, bit: usize) -> String {
    let (head, hex) = value.rsplit_once('=').map_or(("", value), |(head, hex)| (&value[..head.len() + 1], hex));
    let mut digits: Vec<u32> = hex.chars().map(|digit| digit.to_digit(16).unwrap()).collect();
    digits[bit / 4] ^= 8 >> (bit % 4);
    let hex: String = digits.into_iter().map(|digit| char::from_digit(digit, 16).unwrap()).collect();
    format!("{head}{hex}")
}

#[test]
fn of_every_size() {
    let large = "hyper reads 16 KiB of headers on HTTP/2, and the command reads heads of 64 KiB";
    suite::run(vec![
        handled(
            "a signature header of 64 KiB",
            Sender::QrStudio,
            resigned(|value| format!("{value},{}", "x".repeat(65_536 - value.len() - 1))),
        )
        .own([Host::Axum2], Own::Refused, "the stack of HTTP/2 gives up the connection")
        .own([Host::Command], Own::Status(431), large),
        handled(
            "10,000 short v1 after the right one",
            Sender::QrStudio,
            resigned(|value| value.to_owned() + &",v1=0".repeat(10_000)),
        )
        .own([Host::Axum2, Host::Command], Own::Status(431), large),
        studio(
            "10,000 short v1 before the right one",
            resigned(|value| value.replacen(",v1", &(",v1=0".repeat(10_000) + ",v1"), 1)),
            "malformed-signature",
        )
        .own([Host::Axum2, Host::Command], Own::Status(431), large),
        studio(
            "10,000 whole v1 before the right one",
            resigned(|value| value.replacen(",v1", &(format!(",v1={}", "0".repeat(64)).repeat(10_000) + ",v1"), 1)),
            "signature-mismatch",
        )
        .own(Host::HYPER, Own::Status(431), "hyper reads heads of 400 KiB")
        .own([Host::Axum2], Own::Refused, "the stack of HTTP/2 gives up the connection")
        .own([Host::Actix], Own::Status(431), "actix reads heads of 128 KiB"),
    ]);
}
