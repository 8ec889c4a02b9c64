//! A scenario: the requests, the acts of the handler, and the responses and effects that are expected.

mod request;
mod setup;

use std::borrow::Cow;

pub use self::{
    request::{Ending, Framing, Request},
    setup::{Fault, Setup},
};
use crate::surface::{Host, Surface, Way, command};

/// A sender, whose rules apply to the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    QrStudio,
    CodeQr,
    QrPlanet,
}

/// Evaluates an expression with the sender as a type.
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
        for_sender!(self, P => qrhook::Provider::name(&P::default()))
    }
}

/// The behaviour of the handler in one run.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Returns this status immediately.
    Answer(u16),
    /// Fails with an error of the framework.
    Fail,
    Panic,
    /// Never ends.
    Hang,
    /// Holds a `Claimed` and never begins to handle it.
    Hold,
    /// Waits for [`Step::Open`] and returns this status.
    Wait(u16),
}

/// One step. Each begins after the one before it.
#[derive(Clone)]
pub enum Step {
    /// Sends a request and checks its response.
    Send(Request, Expected),
    /// Sends a request and waits until its handler runs, but not for the response.
    Begin(Request),
    /// Sends a request, or as much of it as there is, and keeps it open until the end of the scenario.
    Occupy(Request),
    /// Checks the first response to one of the requests from [`Step::Occupy`].
    GiveUpOne(Expected),
    /// Sends a request whose client goes away immediately.
    Abandon(Request, Leave),
    /// Makes the client of the request from [`Step::Begin`] go away.
    Leave(Leave),
    /// Checks the response to the request from [`Step::Begin`].
    End(Expected),
    /// Lets waiting handlers continue.
    Open,
    /// Begins a drain.
    Drain,
    /// Waits for the drain to end, which must be complete.
    Drained,
    /// Replaces the receiver's secrets.
    Rotate(&'static [&'static str]),
    /// Makes the store work again.
    Mend,
    /// Checks the state of the last event that the store was asked to claim.
    Claim(Claim),
}

/// The way in which a client goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// It closes its connection.
    Close,
    /// It resets its connection, or only the stream on HTTP/2.
    Reset,
    /// It closes its sending side and waits.
    HalfClose,
}

/// The state of an event in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The store was never asked.
    Untouched,
    Absent,
    InFlight,
    Done,
}

/// An expected response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    pub status: u16,
    /// The reason of the rejection; `None` for the handler's own response.
    pub reason: Option<&'static str>,
    /// Whether the request is a `HEAD`, whose response has no body.
    pub head: bool,
}

/// A response from the server under the adapter, before or instead of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    Status(u16),
    /// It ends the connection or stream without a response, and the handler is not called.
    Refused,
}

#[derive(Clone)]
pub struct Scenario {
    /// A description, printed on failure.
    pub name: Cow<'static, str>,
    pub sender: Sender,
    pub secrets: &'static [&'static str],
    pub setup: Setup,
    /// The behaviour of the handler in its runs; the last one repeats.
    pub acts: Vec<Act>,
    pub steps: Vec<Step>,
    /// The total number of handler calls.
    pub runs: usize,
    /// The hosts whose server responds itself, and why.
    pub own: Vec<(Host, Own, &'static str)>,
    /// The only way in that can run the scenario.
    only: Option<Way>,
    /// The hosts that cannot run the scenario, and why.
    skipped: Vec<(Host, &'static str)>,
}

/// A request that is refused by the verification or before: no handler runs, and the store is never asked.
pub fn refused(
    name: impl Into<Cow<'static, str>>,
    sender: Sender,
    request: Request,
    status: u16,
    reason: &'static str,
) -> Scenario {
    Scenario::new(name, sender).send(request, rejected(status, reason)).claim(Claim::Untouched).runs(0)
}

/// A request that is delivered once, gets the handler's response, and is remembered.
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

    /// Changes the first request.
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

    /// Expects a response from the server under the adapter on these hosts.
    pub fn own(mut self, hosts: impl IntoIterator<Item = Host>, own: Own, why: &'static str) -> Self {
        self.own.extend(hosts.into_iter().map(|host| (host, own, why)));
        self
    }

    /// Skips these hosts, which cannot run the scenario.
    pub fn not_on(mut self, hosts: impl IntoIterator<Item = Host>, why: &'static str) -> Self {
        self.skipped.extend(hosts.into_iter().map(|host| (host, why)));
        self
    }

    /// Runs the scenario only on this way in.
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
            // It has no store and settles nothing, so it runs only what depends on the verification alone.
            Way::Verified => self.is_verdict(),
            // One receiver is in front of the whole application.
            Way::WholeApp => !self.names_other_endpoint(),
            Way::Layer | Way::Claimed => true,
        };
        let possible = possible && self.only.is_none_or(|way| way == surface.way);
        possible && !self.skipped.iter().any(|(host, _)| *host == surface.host)
    }

    /// Whether it is one request whose response depends only on the verification.
    pub fn is_verdict(&self) -> bool {
        let one = self.requests().count() == 1 && self.setup.is_about_verification();
        one && matches!(self.acts[..], [Act::Answer(200)]) && matches!(self.steps[0], Step::Send(..))
    }

    /// Whether it is a sequence of requests to one hook, whose handler accepts them all.
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
