//! Invalid methods, lengths and bodies.

use std::time::Duration;

use super::event;
use crate::{
    scenario::{
        Claim, Ending, Expected, Framing, Own, Request, Scenario, Sender, Setup, Step, answered, handled, refused,
        rejected,
    },
    suite,
    surface::Host,
};

fn signed() -> Request {
    Request::signed(Sender::QrStudio, event(Sender::QrStudio, "evt_1"))
}

fn refuse(name: &'static str, request: Request, status: u16, reason: &'static str) -> Scenario {
    refused(name, Sender::QrStudio, request, status, reason)
}

fn handle(name: &'static str, request: Request) -> Scenario {
    handled(name, Sender::QrStudio, request)
}

/// A short body time, because a body that never comes costs all of it.
const BODY_TIME: Setup = Setup { body_time: Some(Duration::from_millis(300)), ..Setup::DEFAULT };

#[test]
fn by_another_method() {
    let mut scenarios: Vec<_> = ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"]
        .map(|method| refuse("another method", signed().method(method), 405, "method"))
        .into();
    // The method is checked before anything else.
    scenarios.push(refuse(
        "another method without a signature",
        Request::bare(vec![], "").method("GET"),
        405,
        "method",
    ));
    let head = Expected { head: true, ..rejected(405, "method") };
    scenarios.push(Scenario::new("HEAD", Sender::QrStudio).send(signed().method("HEAD").body(""), head));
    suite::run(scenarios);
}

#[test]
fn over_the_limit() {
    const GIB: usize = 1 << 30;
    let announced = |request: Request, length| request.body("").framing(Framing::Says(length)).ending(Ending::Stops);
    let sized = |sender, bytes: usize| {
        let empty = event(sender, "");
        Request::signed(sender, event(sender, &"x".repeat(bytes - empty.len())))
    };
    let limit = |bytes| Setup { body_limit: Some(bytes), ..Setup::DEFAULT };
    let too_large = "body-too-large";
    let unsigned = signed().without_header("x-qrstudio-signature");
    suite::run(vec![
        refuse("1 GiB declared without a signature, and not read", announced(unsigned, GIB), 401, "missing-signature"),
        refuse("1 GiB declared with a signature, and not read", announced(signed(), GIB), 413, too_large),
        refuse("the most that can be declared", announced(signed(), usize::MAX / 2), 413, too_large),
        refuse("one byte more than the limit", sized(Sender::QrStudio, 256 * 1024 + 1), 413, too_large),
        handle("the whole limit", sized(Sender::QrStudio, 256 * 1024)),
        refused(
            "one byte more than CodeQR's limit",
            Sender::CodeQr,
            sized(Sender::CodeQr, 2 * 1024 * 1024 + 1),
            413,
            too_large,
        ),
        handled("CodeQR's whole limit", Sender::CodeQr, sized(Sender::CodeQr, 2 * 1024 * 1024)),
        refuse("chunks over the limit", sized(Sender::QrStudio, 300_000).framing(Framing::Chunked), 413, too_large),
        refuse(
            "chunks over the limit without an end",
            sized(Sender::QrStudio, 300_000).framing(Framing::Chunked).ending(Ending::Stops),
            413,
            too_large,
        ),
        refuse(
            "forged chunks over the limit",
            sized(Sender::QrStudio, 300_000)
                .framing(Framing::Chunked)
                .resigned(|value| value.replace("v1=", "v1=00,v1=")),
            413,
            too_large,
        ),
        refuse("chunks over the user's limit", signed().framing(Framing::Chunked), 413, too_large).setup(limit(50)),
        refuse("a declared length over the user's limit", signed(), 413, too_large).setup(limit(50)),
        handle("chunks within the limit", signed().framing(Framing::Chunked)),
        refuse("a form over the limit", Request::form("text/plain", "x".repeat(300_000)), 401, "missing-signature"),
        refused(
            "a form of an unknown type over the limit",
            Sender::QrPlanet,
            Request::form("text/plain", "x".repeat(300_000)),
            413,
            too_large,
        ),
    ]);
}

#[test]
fn more_than_is_held_at_once() {
    let setup = Setup { body_limit: Some(1000), unverified_limit: Some(1000), ..Setup::DEFAULT };
    let slow = || signed().body("x".repeat(950)).framing(Framing::Says(1000)).ending(Ending::Stops);
    suite::run(vec![
        Scenario::new("slow bodies make room for a real one", Sender::QrStudio)
            .setup(setup)
            .step(Step::Occupy(slow()))
            .step(Step::Occupy(slow()))
            .step(Step::GiveUpOne(rejected(503, "too-many-bodies")))
            .send(signed(), answered(200))
            .claim(Claim::Done)
            .runs(1),
    ]);
}

#[test]
fn with_a_length_that_lies() {
    let length = signed().body.len();
    let says = |length| signed().framing(Framing::Says(length));
    let timeout = "body-timeout";
    let fin = "hyper takes a FIN before the response for the end of the client";
    let http2 = "on HTTP/2 a wrong length is a stream error";
    suite::run(vec![
        refuse("a body that stops halfway", says(length + 10).ending(Ending::Stops), 408, timeout).setup(BODY_TIME),
        refuse(
            "a body that never starts",
            signed().body("").framing(Framing::Says(10)).ending(Ending::Stops),
            408,
            timeout,
        )
        .setup(BODY_TIME),
        refuse("chunks without an end", signed().framing(Framing::Chunked).ending(Ending::Stops), 408, timeout)
            .setup(BODY_TIME),
        refuse(
            "a body that is shorter than declared, with the client's side closed",
            says(length + 10).ending(Ending::HalfCloses),
            400,
            "body-incomplete",
        )
        .own([Host::Axum2], Own::Refused, http2),
        refuse("a body that is longer than declared", says(length - 10), 401, "signature-mismatch").own(
            [Host::Axum2],
            Own::Refused,
            http2,
        ),
        refuse("a body that is declared empty", says(0), 401, "signature-mismatch").own(
            [Host::Axum2],
            Own::Refused,
            http2,
        ),
        refuse("two lengths", signed().header("content-length", "10"), 400, "")
            .own(Host::HYPER, Own::Status(400), "hyper refuses it")
            .own([Host::Axum2], Own::Refused, http2)
            .own([Host::Actix], Own::Status(400), "actix refuses it"),
        handle("a length together with chunks", signed().framing(Framing::Chunked).header("content-length", "10"))
            .own([Host::Axum2], Own::Refused, http2)
            .own([Host::Actix], Own::Status(400), "actix refuses it; hyper follows the chunks, as HTTP requires"),
        handle(
            "a length that is not a number, together with chunks",
            signed().framing(Framing::Chunked).header("content-length", "ten"),
        )
        .own([Host::Axum2], Own::Refused, http2)
        .own([Host::Actix], Own::Status(400), "actix refuses it; hyper follows the chunks, as HTTP requires"),
        handle("a complete body, with the client's side closed", signed().ending(Ending::HalfCloses))
            .not_on(Host::HYPER, fin),
        handle("expect-continue", signed().framing(Framing::Continue)),
        refuse(
            "expect-continue without a signature",
            signed().without_header("x-qrstudio-signature").framing(Framing::Continue),
            401,
            "missing-signature",
        ),
    ]);
}
