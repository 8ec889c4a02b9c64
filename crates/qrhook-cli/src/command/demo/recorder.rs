//! The demo's handler, which counts.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use qrhook::Delivery;
use tokio::sync::Semaphore;

use crate::{hooks::Work, sender::Shown};

/// Counts the runs of each event. Clones count together.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    record: Arc<Mutex<Record>>,
    gate: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Record {
    runs: HashMap<String, usize>,
    ended: HashMap<String, usize>,
    plans: HashMap<String, VecDeque<Plan>>,
    unclaimed: HashSet<String>,
}

/// What one run of the handler does other than to succeed at once.
#[derive(Debug, Clone, Copy)]
pub(super) enum Plan {
    Fail,
    Panic,
    Work(Duration),
    /// Works until it is [told](Recorder::go_on) to go on.
    Wait,
}

impl Recorder {
    pub(super) fn new() -> Self {
        Self { record: Arc::default(), gate: Arc::new(Semaphore::new(0)) }
    }

    /// Lets the one run go on that waits.
    pub(super) fn go_on(&self) {
        self.gate.add_permits(1);
    }

    /// How often the handler was called for this event.
    pub(super) fn runs(&self, key: &str) -> usize {
        self.lock().runs.get(key).copied().unwrap_or(0)
    }

    /// How often it came to its end.
    pub(super) fn ended(&self, key: &str) -> usize {
        self.lock().ended.get(key).copied().unwrap_or(0)
    }

    /// Whether this event was delivered without a claim.
    pub(super) fn unclaimed(&self, key: &str) -> bool {
        self.lock().unclaimed.contains(key)
    }

    /// What the next runs for this event do.
    pub(super) fn plan(&self, key: &str, plan: impl IntoIterator<Item = Plan>) {
        self.lock().plans.insert(key.to_owned(), plan.into_iter().collect());
    }

    /// Waits until this is so, but not forever.
    pub(super) async fn wait(&self, until: impl Fn(&Self) -> bool) -> bool {
        let started = Instant::now();
        while !until(self) {
            if started.elapsed() > Duration::from_secs(120) {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        true
    }

    fn begin(&self, key: &str) -> Option<Plan> {
        let mut record = self.lock();
        let runs = record.runs.entry(key.to_owned()).or_default();
        *runs = runs.saturating_add(1);
        record.plans.get_mut(key).and_then(VecDeque::pop_front)
    }

    fn end(&self, key: String) {
        let mut record = self.lock();
        let ended = record.ended.entry(key).or_default();
        *ended = ended.saturating_add(1);
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work for Recorder {
    async fn handle<P: Shown>(&self, delivery: Arc<Delivery<P>>) -> StatusCode {
        let key = key(&delivery);
        if delivery.unclaimed() {
            self.lock().unclaimed.insert(key.clone());
        }
        let status = match self.begin(&key) {
            Some(Plan::Fail) => StatusCode::INTERNAL_SERVER_ERROR,
            Some(Plan::Panic) => panic!("the demo's handler panics, to show what is answered"),
            Some(Plan::Work(time)) => {
                tokio::time::sleep(time).await;
                StatusCode::OK
            }
            Some(Plan::Wait) => match self.gate.acquire().await {
                Ok(permit) => {
                    permit.forget();
                    StatusCode::OK
                }
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
            None => StatusCode::OK,
        };
        self.end(key);
        status
    }
}

/// What an event is counted under: its id, or all of its fields.
pub(super) fn key<P: Shown>(delivery: &Delivery<P>) -> String {
    match delivery.id() {
        Some(id) => id.to_owned(),
        None => String::from_utf8_lossy(delivery.raw()).into_owned(),
    }
}
