//! Stores that are down, slow or full.

use std::time::Duration;

use super::{SENDERS, event};
use crate::{
    scenario::{Act, Claim, Fault, Request, Scenario, Sender, Setup, Step, answered, rejected},
    suite,
};

fn signed(sender: Sender) -> Request {
    Request::signed(sender, event(sender, "evt_1"))
}

fn with(fault: Fault) -> Setup {
    let store_time = Some(Duration::from_millis(150));
    Setup { store_time, deadline: Some(Duration::from_millis(1000)), fault, ..Setup::DEFAULT }
}

#[test]
fn at_the_claim() {
    let mut scenarios = Vec::new();
    for sender in SENDERS {
        for fault in [Fault::Down, Fault::Slow, Fault::Full] {
            let name = format!("a store that is {fault:?}, for {sender:?}");
            let scenario = Scenario::new(name, sender).setup(with(fault));
            scenarios.push(if sender == Sender::QrPlanet {
                // QR Planet would not send it again.
                scenario.send(signed(sender), answered(200)).claim(Claim::Absent).runs(1)
            } else {
                let refused = scenario.send(signed(sender), rejected(503, "store")).claim(Claim::Absent);
                refused.step(Step::Mend).send(signed(sender), answered(200)).claim(Claim::Done).runs(1)
            });
        }
    }
    suite::run(scenarios);
}

#[test]
fn at_the_settling() {
    let mut scenarios = Vec::new();
    for fault in [Fault::CommitsDown, Fault::CommitsSlow] {
        let name = format!("{fault:?}: a handled event is acknowledged, and remembered as soon as possible");
        let handled =
            Scenario::new(name, Sender::QrStudio).setup(with(fault)).send(signed(Sender::QrStudio), answered(200));
        let mended = handled.claim(Claim::InFlight).step(Step::Mend).claim(Claim::Done);
        scenarios.push(mended.send(signed(Sender::QrStudio), rejected(200, "duplicate")).runs(1));
    }
    scenarios.push(
        Scenario::new("an event that cannot be released stays in flight until its lease ends", Sender::QrStudio)
            .setup(with(Fault::ReleasesDown))
            .acts([Act::Answer(500)])
            .send(signed(Sender::QrStudio), answered(500))
            .claim(Claim::InFlight)
            .send(signed(Sender::QrStudio), rejected(503, "in-flight"))
            .runs(1),
    );
    suite::run(scenarios);
}
