//! The behaviour and the counters of one server's handlers.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use qrhook::{Secret, Secrets, receiver::Drained};
use tokio::sync::Semaphore;

use super::shelf::Shelf;
use crate::scenario::{Act, Scenario};

pub type Drain = Pin<Box<dyn Future<Output = Drained> + Send>>;

pub struct World {
    pub store: Arc<Shelf>,
    pub secrets: Secrets,
    acts: Vec<Act>,
    runs: AtomicUsize,
    gate: Semaphore,
    /// The log lines of the command.
    logs: Mutex<Vec<String>>,
}

/// The result of a handler: a status with a text, or an error.
pub type Answered = Result<(u16, &'static str), Failed>;

/// A handler's error.
#[derive(Debug, Clone, Copy)]
pub struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("mine")
    }
}

impl std::error::Error for Failed {}

impl World {
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            store: Arc::new(Shelf::new(scenario.setup.fault)),
            secrets: Secrets::new(secrets(scenario.secrets)).unwrap(),
            acts: scenario.acts.clone(),
            runs: AtomicUsize::new(0),
            gate: Semaphore::new(0),
            logs: Mutex::default(),
        }
    }

    /// The part of a handler before it handles its claim.
    pub async fn hold(&self) {
        if matches!(self.acts.get(self.runs()), Some(Act::Hold)) {
            self.runs.fetch_add(1, Ordering::SeqCst);
            std::future::pending().await
        }
    }

    /// One run of the handler.
    pub async fn act(&self) -> Answered {
        let run = self.runs.fetch_add(1, Ordering::SeqCst);
        match self.acts.get(run).or(self.acts.last()).unwrap() {
            Act::Answer(status) => Ok((*status, "mine")),
            Act::Fail => Err(Failed),
            Act::Panic => panic!("this test makes the handler panic"),
            Act::Hang | Act::Hold => std::future::pending().await,
            Act::Wait(status) => {
                self.gate.acquire().await.unwrap().forget();
                Ok((*status, "mine"))
            }
        }
    }

    pub fn open(&self) {
        self.gate.add_permits(1000);
    }

    /// Counts a run of the command's handler, which prints its event as one line of JSON.
    pub fn count(&self, line: &str) {
        assert!(line.starts_with('{') && line.ends_with('}'), "{line}");
        self.runs.fetch_add(1, Ordering::SeqCst);
    }

    pub fn log(&self, line: String) {
        self.logs.lock().unwrap().push(line);
    }

    /// The reasons of the rejections that the command logged.
    pub fn logged_reasons(&self) -> Vec<String> {
        let logs = self.logs.lock().unwrap();
        let reason = |line: &String| Some(line.split_once("reason=\"")?.1.split_once('"')?.0.to_owned());
        logs.iter().filter_map(reason).collect()
    }

    pub fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    pub fn rotate(&self, to: &[&str]) {
        self.secrets.replace(secrets(to)).unwrap();
    }
}

pub(super) fn secrets(texts: &[&str]) -> Vec<Secret> {
    texts.iter().map(|text| Secret::new(text).unwrap()).collect()
}
