//! Clients that go away.

use super::event;
use crate::{
    scenario::{Act, Claim, Ending, Framing, Leave, Request, Scenario, Sender, Step, answered, rejected},
    suite,
    surface::{Host, Way},
};

fn signed() -> Request {
    Request::signed(Sender::QrStudio, event(Sender::QrStudio, "evt_1"))
}

#[test]
fn while_the_handler_runs() {
    let mut scenarios = Vec::new();
    for how in [Leave::Close, Leave::Reset, Leave::HalfClose] {
        let begun = |act| {
            let name = format!("{how:?} while the handler runs, then {act:?}");
            let scenario = Scenario::new(name, Sender::QrStudio).acts([act, Act::Answer(200)]);
            let begun = scenario.step(Step::Begin(signed())).step(Step::Leave(how)).claim(Claim::InFlight);
            begun.step(Step::Open)
        };
        let done = begun(Act::Wait(200)).claim(Claim::Done);
        scenarios.push(done.send(signed(), rejected(200, "duplicate")).runs(1));
        scenarios.push(begun(Act::Wait(500)).claim(Claim::Absent).send(signed(), answered(200)).runs(2));
    }
    let held = Scenario::new("Reset while the handler holds its claim", Sender::QrStudio)
        .acts([Act::Hold, Act::Answer(200)])
        .only_by(Way::Claimed)
        .step(Step::Begin(signed()))
        .claim(Claim::InFlight)
        .step(Step::Leave(Leave::Reset))
        .claim(Claim::Absent)
        .send(signed(), answered(200))
        .claim(Claim::Done)
        .runs(2);
    scenarios.push(held);
    let fin = "hyper takes the FIN for the end of the client and ends the connection";
    let patient = Scenario::new("a client that only stops sending gets its response", Sender::QrStudio)
        .acts([Act::Wait(200)])
        .step(Step::Begin(signed()))
        .step(Step::Leave(Leave::HalfClose))
        .step(Step::Open)
        .step(Step::End(answered(200)))
        .runs(1);
    scenarios.push(patient.not_on(Host::HYPER, fin));
    suite::run(scenarios);
}

#[test]
fn while_the_body_is_read() {
    let mut scenarios = Vec::new();
    for how in [Leave::Close, Leave::Reset] {
        for framing in [Framing::Says(1000), Framing::Chunked] {
            let half = signed().framing(framing).ending(Ending::Stops);
            let name = format!("{how:?} in the middle of a body of {framing:?}");
            let left = Scenario::new(name, Sender::QrStudio).step(Step::Abandon(half, how));
            let untouched = left.claim(Claim::Untouched);
            scenarios.push(untouched.send(signed(), answered(200)).claim(Claim::Done).runs(1));
        }
    }
    suite::run(scenarios);
}
