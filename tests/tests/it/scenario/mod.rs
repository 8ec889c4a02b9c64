//! A scenario: what is sent, what the handler does with it, and what has to come of it.

mod request;
mod setup;

use std::borrow::Cow;

pub use self::{
    request::{Ending, Framing, Request},
    setup::{Fault, Setup},
};
use crate::surface::{Host, Surface, Way, command};

/// The sender whose rules apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    QrStudio,
    CodeQr,
    QrPlanet,
}

/// Does something for a sender as a type.
macro_rules! for_sender {
    ($sender:expr, $type:ident => $do:expr) => {
        match $sender {
            $crate::scenario::Sender::QrStudio => {
                type $type = qrhook::qrstudio::QrStudio;
                $do
            }
            $crate::scenario::Sender::CodeQr => {
                type $type = qrhook::codeqr::CodeQr;
                $do
            }
            $crate::scenario::Sender::QrPlanet => {
                type $type = qrhook::qrplanet::QrPlanet;
                $do
            }
        }
    };
}
pub(crate) use for_sender;

impl Sender {
    pub fn name(self) -> &'static str {
        for_sender!(self, P => <P as qrhook::Provider>::NAME)
    }
}

/// What one run of the handler does.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Answers this status at once.
    Answer(u16),
    /// Fails with an error of its framework.
    Fail,
    Panic,
    /// Never ends by itself.
    Hang,
    /// Holds a `Claimed`, and does not begin to handle it.
    Hold,
    /// Waits for [`Step::Open`], and answers this status.
    Wait(u16),
}

/// One thing that happens, after the one before.
#[derive(Clone)]
pub enum Step {
    /// A request, and its answer.
    Send(Request, Expected),
    /// A request whose answer is not waited for. Goes on when its handler runs.
    Begin(Request),
    /// A request that is sent as far as it goes, and stays open to the end of the scenario.
    Occupy(Request),
    /// A request whose client goes away as soon as it is sent.
    Abandon(Request, Leave),
    /// The client of the request that was begun goes away.
    Leave(Leave),
    /// The answer to the request that was begun.
    End(Expected),
    /// Handlers that wait may go on.
    Open,
    /// A drain begins.
    Drain,
    /// The drain is over, and was complete.
    Drained,
    /// The receiver gets other secrets.
    Rotate(&'static [&'static str]),
    /// The store works again.
    Mend,
    /// What the store says of the last event that it was asked for.
    Claim(Claim),
}

/// How a client goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// It closes its connection.
    Close,
    /// It resets its connection, or the stream in it.
    Reset,
    /// It says that it will send no more, and waits.
    HalfClose,
}

/// What the store says of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It was never asked.
    Untouched,
    Absent,
    InFlight,
    Done,
}

/// An answer that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    pub status: u16,
    /// The reason of the rejection; `None` for the handler's own answer.
    pub reason: Option<&'static str>,
    /// To a request of `HEAD`, which no text answers.
    pub head: bool,
}

/// An answer that the server under the adapter gives itself, before or instead of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    Status(u16),
    /// It ends the connection or stream without an answer, and without a handler.
    Refused,
}

#[derive(Clone)]
pub struct Scenario {
    /// A sentence.
    pub name: Cow<'static, str>,
    pub sender: Sender,
    pub secrets: &'static [&'static str],
    pub setup: Setup,
    /// What the runs of the handler do; the last one repeats.
    pub acts: Vec<Act>,
    pub steps: Vec<Step>,
    /// How often a handler was called, in all.
    pub runs: usize,
    /// Where the server answers itself, and why.
    pub own: Vec<(Host, Own, &'static str)>,
    /// The only way in that can be asked for it.
    only: Option<Way>,
    /// Where it cannot be run, and why.
    skipped: Vec<(Host, &'static str)>,
}

/// Refused at the verification or before: no handler runs, and the store is never asked.
pub fn refused(
    name: impl Into<Cow<'static, str>>,
    sender: Sender,
    request: Request,
    status: u16,
    reason: &'static str,
) -> Scenario {
    Scenario::new(name, sender).send(request, rejected(status, reason)).claim(Claim::Untouched).runs(0)
}

/// Handed over once, answered by the handler, and remembered.
pub fn handled(name: impl Into<Cow<'static, str>>, sender: Sender, request: Request) -> Scenario {
    Scenario::new(name, sender).send(request, answered(200)).claim(Claim::Done).runs(1)
}

pub const fn rejected(status: u16, reason: &'static str) -> Expected {
    Expected { status, reason: Some(reason), head: false }
}

pub const fn answered(status: u16) -> Expected {
    Expected { status, reason: None, head: false }
}

pub const SECRET: &str = "whsec_scenario_current";
pub const OLD_SECRET: &str = "whsec_scenario_previous";

impl Scenario {
    pub fn new(name: impl Into<Cow<'static, str>>, sender: Sender) -> Self {
        Self {
            name: name.into(),
            sender,
            secrets: &[SECRET],
            setup: Setup::DEFAULT,
            acts: vec![Act::Answer(200)],
            steps: Vec::new(),
            runs: 0,
            own: Vec::new(),
            only: None,
            skipped: Vec::new(),
        }
    }

    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    pub fn send(self, request: Request, expected: Expected) -> Self {
        self.step(Step::Send(request, expected))
    }

    /// Changes its request.
    pub fn change(mut self, change: impl FnOnce(Request) -> Request) -> Self {
        if let Some(Step::Send(request, _)) = self.steps.first_mut() {
            *request = change(request.clone());
        }
        self
    }

    pub fn claim(self, claim: Claim) -> Self {
        self.step(Step::Claim(claim))
    }

    pub fn runs(self, runs: usize) -> Self {
        Self { runs, ..self }
    }

    pub fn acts(self, acts: impl Into<Vec<Act>>) -> Self {
        Self { acts: acts.into(), ..self }
    }

    pub fn secrets(self, secrets: &'static [&'static str]) -> Self {
        Self { secrets, ..self }
    }

    pub fn setup(self, setup: Setup) -> Self {
        Self { setup, ..self }
    }

    /// Here the server under the adapter answers itself.
    pub fn own(mut self, hosts: impl IntoIterator<Item = Host>, own: Own, why: &'static str) -> Self {
        self.own.extend(hosts.into_iter().map(|host| (host, own, why)));
        self
    }

    /// Here it cannot be run.
    pub fn not_on(mut self, hosts: impl IntoIterator<Item = Host>, why: &'static str) -> Self {
        self.skipped.extend(hosts.into_iter().map(|host| (host, why)));
        self
    }

    /// Only this way in can be asked for it.
    pub fn only_by(self, way: Way) -> Self {
        Self { only: Some(way), ..self }
    }

    pub fn own_on(&self, surface: Surface) -> Option<Own> {
        self.own.iter().find(|(host, _, _)| *host == surface.host).map(|(_, own, _)| *own)
    }

    pub fn runs_on(&self, surface: Surface) -> bool {
        if !surface.is_ours() && !command::can_listen(self) {
            return false;
        }
        let possible = match surface.way {
            // It knows no store and settles nothing: it is asked for what the verification says, and for one success.
            Way::Verified => self.is_verdict(),
            // One receiver stands before everything.
            Way::WholeApp => !self.names_other_endpoint(),
            Way::Layer | Way::Claimed => true,
        };
        let possible = possible && self.only.is_none_or(|way| way == surface.way);
        possible && !self.skipped.iter().any(|(host, _)| *host == surface.host)
    }

    /// One request, and an answer that hangs on nothing behind the verification.
    pub fn is_verdict(&self) -> bool {
        let one = self.requests().count() == 1 && self.setup.is_about_verification();
        one && matches!(self.acts[..], [Act::Answer(200)]) && matches!(self.steps[0], Step::Send(..))
    }

    /// Requests one after the other to one hook, whose handler has nothing against any of them.
    pub fn is_plain(&self) -> bool {
        let sends = |step: &Step| matches!(step, Step::Send(..) | Step::Claim(_));
        matches!(self.acts[..], [Act::Answer(200)]) && self.steps.iter().all(sends) && !self.names_other_endpoint()
    }

    fn names_other_endpoint(&self) -> bool {
        self.requests().any(|request| request.endpoint != Request::ENDPOINT)
    }

    fn requests(&self) -> impl Iterator<Item = &Request> {
        self.steps.iter().filter_map(|step| match step {
            Step::Send(request, _) => Some(request),
            Step::Begin(request) | Step::Occupy(request) | Step::Abandon(request, _) => Some(request),
            _ => None,
        })
    }
}
