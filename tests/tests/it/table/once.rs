//! Each event once: repeats, two hooks, reused ids, changing secrets, and the end of the program.

use qrhook::receiver::IdConflict;

use super::{SENDERS, event};
use crate::{
    scenario::{
        Act, Claim, OLD_SECRET, Request, SECRET, Scenario, Sender, Setup, Step, answered, handled, refused, rejected,
    },
    suite,
};

const DUPLICATE: crate::scenario::Expected = rejected(200, "duplicate");

fn signed(sender: Sender, id: &str) -> Request {
    Request::signed(sender, event(sender, id))
}

fn studio(id: &str) -> Request {
    signed(Sender::QrStudio, id)
}

#[test]
fn repeats() {
    let mut scenarios = Vec::new();
    for sender in SENDERS {
        let name = |name| format!("{name}, of {sender:?}");
        let repeat = || signed(sender, "evt_1");
        scenarios.push(handled(name("a repeat of a handled event"), sender, repeat()).send(repeat(), DUPLICATE));
        scenarios.push(
            Scenario::new(name("a repeat while the first one is running"), sender)
                .acts([Act::Wait(200)])
                .step(Step::Begin(repeat()))
                .send(repeat(), rejected(503, "in-flight"))
                .step(Step::Open)
                .step(Step::End(answered(200)))
                .send(repeat(), DUPLICATE)
                .runs(1),
        );
        let other = signed(sender, "evt_1").endpoint(Request::OTHER_ENDPOINT);
        scenarios.push(handled(name("the same id to two hooks"), sender, repeat()).send(other, answered(200)).runs(2));
        let forged = repeat().body(event(sender, "evt_2")).header("x-note", "unsigned");
        let reason = if sender == Sender::QrPlanet { "missing-token" } else { "signature-mismatch" };
        scenarios.push(handled(name("a forged repeat"), sender, repeat()).send(forged, rejected(401, reason)));
    }
    let form = |content_type, body| Request::form(content_type, body);
    let part =
        |name: &str, value: &str| format!("--B\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let fields = [("uniqueid", "1"), ("status", "SUCCESS"), ("event", "VOUCHER_REDEEMED"), ("secrettoken", SECRET)];
    let multipart = fields.map(|(name, value)| part(name, value)).concat() + "--B--\r\n";
    let json = format!("{{{}}}", fields.map(|(name, value)| format!(r#""{name}":"{value}""#)).join(","));
    scenarios.push(
        handled("one event in three encodings", Sender::QrPlanet, signed(Sender::QrPlanet, "1"))
            .send(form("multipart/form-data; boundary=B", multipart), DUPLICATE)
            .send(form("application/json", json), DUPLICATE),
    );
    let lead = || Request::signed(Sender::QrPlanet, "event=LEAD_CREATED&name=Ana");
    scenarios.push(
        Scenario::new("identical events without anything to tell them apart are two events", Sender::QrPlanet)
            .send(lead(), answered(200))
            .send(lead(), answered(200))
            .claim(Claim::Untouched)
            .runs(2),
    );
    suite::run(scenarios);
}

#[test]
fn reused_ids() {
    let of = |text: &str| Request::signed(Sender::QrStudio, text);
    let first = r#"{"type":"scan.created","id":"evt_1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"a"}}"#;
    let conflict = rejected(200, "id-conflict");
    let deliver = Setup { id_conflict: IdConflict::Deliver, ..Setup::DEFAULT };
    let later = || of(&first.replace("14:01", "15:01"));
    suite::run(vec![
        handled("the same id and time with another body", Sender::QrStudio, of(first))
            .send(of(&first.replace("\"a\"", "\"b\"")), DUPLICATE),
        handled("the same id at another time", Sender::QrStudio, of(first)).send(later(), conflict),
        handled("the same id of another type", Sender::QrStudio, of(first))
            .send(of(&first.replace("scan.created", "dynamic_qr.created")), conflict),
        handled("the same id at another time, delivered because of the setting", Sender::QrStudio, of(first))
            .setup(deliver)
            .send(later(), answered(200))
            .send(later(), DUPLICATE)
            .send(of(first), DUPLICATE)
            .runs(2),
    ]);
}

#[test]
fn secrets_that_change() {
    let by = |secrets: &[&str], id: &str| Request::signed_by(Sender::QrStudio, event(Sender::QrStudio, id), secrets, 0);
    let mismatch = rejected(401, "signature-mismatch");
    let token = |secret: &str| Request::signed_by(Sender::QrPlanet, event(Sender::QrPlanet, "1"), &[secret], 0);
    suite::run(vec![
        refused(
            "a request signed only with the old secret",
            Sender::QrStudio,
            by(&[OLD_SECRET], "evt_1"),
            401,
            "signature-mismatch",
        ),
        handled("the old one of two secrets", Sender::QrStudio, by(&[OLD_SECRET], "evt_1"))
            .secrets(&[SECRET, OLD_SECRET]),
        handled("the new one of two secrets", Sender::QrStudio, by(&[SECRET], "evt_1")).secrets(&[OLD_SECRET, SECRET]),
        handled("both of two secrets", Sender::QrStudio, by(&[OLD_SECRET, SECRET], "evt_1"))
            .secrets(&[SECRET, OLD_SECRET]),
        handled("a token that is the old one of two", Sender::QrPlanet, token(OLD_SECRET))
            .secrets(&[SECRET, OLD_SECRET]),
        refused("an old token", Sender::QrPlanet, token(OLD_SECRET), 401, "token-mismatch"),
        Scenario::new("a rotation while the program runs", Sender::QrStudio)
            .secrets(&[OLD_SECRET])
            .send(by(&[SECRET], "evt_1"), mismatch)
            .step(Step::Rotate(&[OLD_SECRET, SECRET]))
            .send(by(&[SECRET], "evt_1"), answered(200))
            .send(by(&[OLD_SECRET], "evt_1"), DUPLICATE)
            .step(Step::Rotate(&[SECRET]))
            .send(by(&[OLD_SECRET], "evt_2"), mismatch)
            .send(by(&[SECRET], "evt_2"), answered(200))
            .claim(Claim::Done)
            .runs(2),
    ]);
}

#[test]
fn the_end_of_the_program() {
    let closing = rejected(503, "closing");
    let draining = |act, expected| {
        Scenario::new(format!("a drain while {act:?}"), Sender::QrStudio)
            .acts([act])
            .step(Step::Begin(studio("evt_1")))
            .step(Step::Drain)
            .send(studio("evt_2"), closing)
            .send(Request::bare(vec![], ""), closing)
            .step(Step::Open)
            .step(Step::End(answered(expected)))
            .step(Step::Drained)
            .send(studio("evt_1"), closing)
            .runs(1)
    };
    suite::run(vec![
        draining(Act::Wait(200), 200).claim(Claim::Done),
        draining(Act::Wait(500), 500).claim(Claim::Absent),
    ]);
}
