//! Runs scenarios through every surface and compares the responses.

use std::{panic::resume_unwind, sync::Arc, time::Duration};

use qrhook::receiver::Drained;
use tokio::{
    sync::Semaphore,
    task::{JoinHandle, JoinSet, block_in_place},
};

use crate::{
    client::{Answer, Exchange, PATIENCE},
    scenario::{Claim, Expected, Own, Scenario, Step},
    surface::{Server, Surface, command, plain},
};

/// The interval at which a changing state is polled.
const POLL: Duration = Duration::from_millis(2);

/// Runs scenarios, several at a time.
pub fn run(scenarios: Vec<Scenario>) {
    const AT_ONCE: usize = 8;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (places, mut running) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
        for scenario in scenarios {
            let places = Arc::clone(&places);
            running.spawn(async move {
                let _place = places.acquire().await.unwrap();
                with_time_enough(scenario).await;
            });
        }
        let mut failed = 0;
        while let Some(ended) = running.join_next().await {
            failed += usize::from(ended.is_err());
        }
        assert_eq!(failed, 0, "scenarios failed; see above");
    });
}

/// Runs a scenario, and again with longer limits if it fails: some limits are short on purpose, and a slow machine may
/// miss them. The last attempt decides.
async fn with_time_enough(mut scenario: Scenario) {
    loop {
        let tried = scenario.clone();
        let ended = tokio::spawn(async move { everywhere(&tried).await }).await;
        match (ended, scenario.setup.longer()) {
            (Ok(()), _) => return,
            (Err(_), Some(longer)) => {
                eprintln!("{}: trying again with longer limits: {longer:?}", scenario.name);
                scenario.setup = longer;
            }
            (Err(failed), None) => resume_unwind(failed.into_panic()),
        }
    }
}

async fn everywhere(scenario: &Scenario) {
    if let Some(verdict) = plain::verdict(scenario) {
        let Some(Step::Send(request, expected)) = scenario.steps.first() else {
            unreachable!("a verdict is one request")
        };
        let expected = expected.reason.map(|reason| (expected.status, reason));
        assert_eq!(verdict, expected, "{}, by the plain function", scenario.name);
        if let Some(verdict) = block_in_place(|| command::verdict(scenario, request)) {
            let expected = expected.map(|(_, reason)| reason);
            assert_eq!(verdict.as_deref(), expected, "{}, by the command", scenario.name);
        }
    }
    let surfaces: Vec<_> = Surface::ALL.into_iter().filter(|surface| scenario.runs_on(*surface)).collect();
    assert!(!surfaces.is_empty(), "{} runs nowhere", scenario.name);
    let mut all: Option<(Surface, Vec<Answer>)> = None;
    for surface in surfaces {
        let answers = Stage::run(scenario, surface).await;
        if scenario.own_on(surface).is_some() {
            continue;
        }
        match &all {
            Some((first, same)) => assert_eq!(answers, *same, "{}, on {surface} and on {first}", scenario.name),
            None => all = Some((surface, answers)),
        }
    }
}

/// One scenario on one surface.
struct Stage<'a> {
    scenario: &'a Scenario,
    surface: Surface,
    server: Server,
    begun: Option<Exchange>,
    open: JoinSet<Option<Answer>>,
    drain: Option<JoinHandle<Drained>>,
    answers: Vec<Answer>,
}

impl<'a> Stage<'a> {
    async fn run(scenario: &'a Scenario, surface: Surface) -> Vec<Answer> {
        let server = surface.start(scenario).await;
        let mut this =
            Self { scenario, surface, server, begun: None, open: JoinSet::new(), drain: None, answers: Vec::new() };
        for step in &scenario.steps {
            this.step(step).await;
        }
        let runs = if this.is_own_refusal() { 0 } else { scenario.runs };
        let place = this.place();
        let reasons: Vec<_> = this.answers.iter().filter_map(|answer| answer.reason.clone()).collect();
        if !surface.is_ours() {
            // It writes its log independently of the responses.
            let logged = async {
                while this.server.world.logged_reasons().len() < reasons.len() {
                    tokio::time::sleep(POLL).await;
                }
            };
            this.in_time("its log lines", logged).await;
        }
        let world = block_in_place(|| this.server.stop());
        assert_eq!(world.runs(), runs, "runs of the handler: {place}");
        if !surface.is_ours() {
            assert_eq!(world.logged_reasons(), reasons, "its log: {place}");
        }
        this.answers
    }

    fn place(&self) -> String {
        format!("{}, on {}", self.scenario.name, self.surface)
    }

    /// Whether the server itself refuses the request, so that no handler is reached.
    fn is_own_refusal(&self) -> bool {
        self.scenario.own_on(self.surface).is_some()
    }

    async fn step(&mut self, step: &Step) {
        let world = Arc::clone(&self.server.world);
        match step {
            Step::Send(request, expected) => {
                let answer = async { Exchange::begin(&self.server, request).await.answer().await };
                let answer = self.in_time("a response or the end of the connection", answer).await;
                self.check(answer, *expected);
            }
            Step::Begin(request) => {
                let before = world.runs();
                self.begun = Some(Exchange::begin(&self.server, request).await);
                let running = async {
                    while world.runs() == before {
                        tokio::time::sleep(POLL).await;
                    }
                };
                self.in_time("the handler", running).await;
            }
            Step::Occupy(request) => {
                let exchange = Exchange::begin(&self.server, request).await;
                self.open.spawn(exchange.answer());
            }
            Step::GiveUpOne(expected) => {
                let mut open = std::mem::take(&mut self.open);
                let answer = self.in_time("the response to one of the open requests", open.join_next()).await;
                self.open = open;
                self.check(answer.expect("requests are open").unwrap(), *expected);
            }
            Step::Abandon(request, how) => {
                let exchange = Exchange::begin(&self.server, request).await;
                assert!(exchange.leave(*how).await.is_none(), "the client still waits: {}", self.place());
            }
            Step::Leave(how) => {
                let begun = self.begun.take().expect("a request was begun");
                self.begun = begun.leave(*how).await;
                // Gives the server time to notice, which cannot be observed. Too little makes the test weaker, not wrong.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Step::End(expected) => {
                let begun = self.begun.take().expect("a request was begun");
                let answer = self.in_time("a response or the end of the connection", begun.answer()).await;
                self.check(answer, *expected);
            }
            Step::Open => world.open(),
            Step::Drain => {
                let mut drain = (self.server.drain)(PATIENCE);
                // From the first poll on, new work is refused.
                assert!(poll_once(&mut drain).await.is_none(), "nothing to wait for: {}", self.place());
                self.drain = Some(tokio::spawn(drain));
            }
            Step::Drained => {
                let drained = self.drain.take().expect("a drain began").await.unwrap();
                assert!(drained.is_complete(), "{drained:?}: {}", self.place());
            }
            Step::Rotate(secrets) => world.rotate(secrets),
            Step::Mend => world.store.mend(),
            Step::Claim(claim) => self.claim(*claim).await,
        }
    }

    /// Waits until the claim is in this state: it may be settled after the response.
    async fn claim(&self, claim: Claim) {
        if !self.surface.is_ours() {
            return;
        }
        let claim = if self.is_own_refusal() || !self.surface.claims() { Claim::Untouched } else { claim };
        let world = &self.server.world;
        let reached = async {
            while world.store.last().await != claim {
                tokio::time::sleep(POLL).await;
            }
        };
        self.in_time(&format!("the claim is {claim:?}"), reached).await;
    }

    async fn in_time<T>(&self, what: &str, reached: impl Future<Output = T>) -> T {
        let reached = tokio::time::timeout(PATIENCE, reached).await;
        reached.unwrap_or_else(|_| panic!("timed out waiting for {what}: {}", self.place()))
    }

    fn check(&mut self, answer: Option<Answer>, expected: Expected) {
        let place = self.place();
        match self.scenario.own_on(self.surface) {
            Some(Own::Status(status)) => {
                let answer = answer.unwrap_or_else(|| panic!("no response from the server: {place}"));
                assert_eq!((answer.status, answer.reason), (status, None), "the server's own: {place}");
                return;
            }
            Some(Own::Refused) => return assert_eq!(answer, None, "the server's own: {place}"),
            None => {}
        }
        let mut answer = answer.unwrap_or_else(|| panic!("no response: {place}"));
        if !self.surface.is_ours() {
            // It has its own handler and writes the reasons to its log.
            answer.reason = expected.reason.map(str::to_owned);
            answer.body =
                if expected.reason.is_none() && answer.body.is_empty() { "mine".to_owned() } else { answer.body };
        }
        assert_eq!(answer, Answer::of(expected), "{place}");
        self.answers.push(answer);
    }
}

impl Answer {
    /// The whole response: its body and headers depend only on the status.
    fn of(Expected { status, reason, head }: Expected) -> Self {
        let text = match (reason, status) {
            _ if head => "",
            (None, _) => "mine",
            (Some(_), 200) => "already handled\n",
            (Some(_), 400) => "unusable request\n",
            (Some(_), 401) => "not verified\n",
            (Some(_), 405) => "only POST\n",
            (Some(_), 408) => "the body took too long\n",
            (Some(_), 413) => "the body is too large\n",
            (Some(_), 415) => "unsupported content type\n",
            (Some(_), 503) => "try again later\n",
            (Some(_), _) => "internal error\n",
        };
        Self {
            status,
            body: text.to_owned(),
            retry_after: (status == 503 && reason.is_some()).then(|| "5".to_owned()),
            allow: (status == 405).then(|| "POST".to_owned()),
            reason: reason.map(str::to_owned),
        }
    }
}

async fn poll_once<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Option<T> {
    tokio::select! {
        biased;
        output = future => Some(output),
        () = std::future::ready(()) => None,
    }
}
