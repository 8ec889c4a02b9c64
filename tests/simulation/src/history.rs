//! What happened to the events of a world.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::time::Instant;

/// The number of an event.
pub(crate) type Id = usize;

/// What happened to one event, each with its time in the world.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) runs: Vec<Run>,
    pub(crate) faults: Vec<Fault>,
    /// The times at which a commit reached the store.
    pub(crate) commits: Vec<Duration>,
    /// The same for commits and releases.
    pub(crate) settled: Vec<Duration>,
    /// The times at which a task of this event was killed with its process.
    pub(crate) kills: Vec<Duration>,
}

/// One request.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) from: Duration,
    /// `None` while it has not ended.
    pub(crate) ended: Option<(Duration, End)>,
    /// Whether its body is slower than the receiver allows.
    pub(crate) slow_body: bool,
    /// Whether its signed time is older than the window.
    pub(crate) stale_by_design: bool,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// With a response.
    Status(u16),
    /// No process was listening, or it died.
    NoProcess,
    /// The client left.
    Left,
    /// The sender gave up after 5 s.
    NoResponse,
}

/// One run of the handler.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) from: Duration,
    /// `None` if it was stopped or dropped.
    pub(crate) ended: Option<Duration>,
    /// Whether it would succeed, and before the sender's deadline.
    pub(crate) quick_success: bool,
    /// Whether it took effect.
    pub(crate) effect: bool,
    /// Whether it takes longer than its limit.
    pub(crate) beyond_limit: bool,
}

/// A fault that was injected into a step of the store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) at: Duration,
    pub(crate) step: &'static str,
    pub(crate) kind: &'static str,
}

/// The histories of a world.
#[derive(Clone)]
pub(crate) struct Histories {
    started: Instant,
    all: Arc<Mutex<Vec<History>>>,
    restarts: Arc<Mutex<Vec<Duration>>>,
}

impl Histories {
    pub(crate) fn of(events: usize) -> Self {
        let all = (0..events).map(|_| History::default()).collect();
        Self { started: Instant::now(), all: Arc::new(Mutex::new(all)), restarts: Arc::default() }
    }

    /// The time in the world.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn change<T>(&self, event: Id, change: impl FnOnce(&mut History) -> T) -> T {
        change(&mut self.lock()[event])
    }

    /// A process took the place of another.
    pub(crate) fn restarted(&self) {
        self.restarts.lock().unwrap().push(self.now());
    }

    pub(crate) fn restarts(&self) -> Vec<Duration> {
        self.restarts.lock().unwrap().clone()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Vec<History>> {
        self.all.lock().unwrap()
    }
}

/// Everything, in the order of time.
impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        for attempt in &self.attempts {
            lines.push((attempt.from, "a request".to_owned()));
            lines.extend(attempt.ended.map(|(at, end)| (at, format!("it ended: {end:?}"))));
        }
        for run in &self.runs {
            lines.push((run.from, "the handler starts".to_owned()));
            let end = if run.effect { "the handler took effect" } else { "the handler failed" };
            lines.extend(run.ended.map(|at| (at, end.to_owned())));
        }
        lines.extend(
            self.faults.iter().map(|fault| (fault.at, format!("injected: {} of the {}", fault.kind, fault.step))),
        );
        lines.extend(self.commits.iter().map(|at| (*at, "the store committed".to_owned())));
        lines.extend(self.kills.iter().map(|at| (*at, "a task was killed with its process".to_owned())));
        lines.sort_by_key(|(at, _)| *at);
        for (at, line) in lines {
            writeln!(f, "  {:>12.3} s  {line}", at.as_secs_f64())?;
        }
        Ok(())
    }
}
