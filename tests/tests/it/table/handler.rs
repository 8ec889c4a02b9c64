//! Handlers: their statuses, errors, panics and limits.

use std::time::Duration;

use super::event;
use crate::{
    scenario::{Act, Claim, Request, Scenario, Sender, Setup, Step, answered, rejected},
    suite,
};

fn signed(id: &str) -> Request {
    Request::signed(Sender::QrStudio, event(Sender::QrStudio, id))
}

fn scenario(name: impl Into<std::borrow::Cow<'static, str>>) -> Scenario {
    Scenario::new(name, Sender::QrStudio)
}

#[test]
fn an_answer_decides() {
    let duplicate = rejected(200, "duplicate");
    let mut scenarios: Vec<Scenario> = Vec::new();
    for status in [200, 201, 202, 206, 299] {
        let done = scenario(format!("a handler that returns {status} has handled its event"));
        let done = done.acts([Act::Answer(status)]).send(signed("evt_1"), answered(status)).claim(Claim::Done);
        scenarios.push(done.send(signed("evt_1"), duplicate).runs(1));
    }
    let failures = [
        (Act::Answer(400), answered(400)),
        (Act::Answer(401), answered(401)),
        (Act::Answer(404), answered(404)),
        (Act::Answer(409), answered(409)),
        (Act::Answer(413), answered(413)),
        (Act::Answer(500), answered(500)),
        (Act::Answer(503), answered(503)),
        // Senders interpret redirects in any way they like, and 410 as the end of the hook.
        (Act::Answer(301), answered(500)),
        (Act::Answer(304), answered(500)),
        (Act::Answer(307), answered(500)),
        (Act::Answer(410), answered(500)),
        (Act::Fail, answered(500)),
        (Act::Panic, rejected(500, "handler-panicked")),
    ];
    for (act, expected) in failures {
        let failed = scenario(format!("{act:?} releases the event, and its retry is delivered"));
        let failed = failed.acts([act, Act::Answer(200)]).send(signed("evt_1"), expected).claim(Claim::Absent);
        scenarios.push(failed.send(signed("evt_1"), answered(200)).claim(Claim::Done).runs(2));
    }
    suite::run(scenarios);
}

#[test]
fn a_limit_ends_them() {
    let soon = Some(Duration::from_millis(300));
    let timeout = rejected(503, "handler-timeout");
    let stopped = Setup { handler_limit: soon, ..Setup::DEFAULT };
    let late = Setup { deadline: soon, ..Setup::DEFAULT };
    let both = Setup { deadline: Some(Duration::from_millis(100)), handler_limit: soon, ..Setup::DEFAULT };
    suite::run(vec![
        scenario("a handler that hangs is stopped at its limit, and its event released")
            .setup(stopped)
            .acts([Act::Hang, Act::Answer(200)])
            .send(signed("evt_1"), rejected(503, "handler-stopped"))
            .claim(Claim::Absent)
            .send(signed("evt_1"), answered(200))
            .claim(Claim::Done)
            .runs(2),
        scenario("a handler that hangs past the deadline is stopped at its limit")
            .setup(both)
            .acts([Act::Hang])
            .send(signed("evt_1"), timeout)
            .claim(Claim::Absent)
            .runs(1),
        scenario("a success after the deadline is remembered")
            .setup(late)
            .acts([Act::Wait(200)])
            .send(signed("evt_1"), timeout)
            .claim(Claim::InFlight)
            .send(signed("evt_1"), rejected(503, "in-flight"))
            .step(Step::Open)
            .claim(Claim::Done)
            .send(signed("evt_1"), rejected(200, "duplicate"))
            .runs(1),
        scenario("a failure after the deadline releases the event")
            .setup(late)
            .acts([Act::Wait(500), Act::Answer(200)])
            .send(signed("evt_1"), timeout)
            .step(Step::Open)
            .claim(Claim::Absent)
            .send(signed("evt_1"), answered(200))
            .runs(2),
        scenario("a delivery that gets no place before the deadline is refused before its claim")
            .setup(Setup { max_handlers: Some(1), ..late })
            .acts([Act::Wait(200)])
            .step(Step::Begin(signed("evt_1")))
            .send(signed("evt_2"), rejected(503, "too-many-handlers"))
            .step(Step::End(timeout))
            .step(Step::Open)
            .claim(Claim::Done)
            .send(signed("evt_2"), answered(200))
            .runs(2),
    ]);
}
