//! The demo's handler, which counts.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use qrhook::Delivery;

use crate::{hooks::Work, sender::Shown};

/// Counts the runs of each event. Clones count together.
#[derive(Debug, Clone, Default)]
pub(super) struct Recorder(Arc<Mutex<Record>>);

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
}

impl Recorder {
    /// How often the handler was called for this event.
    pub(super) fn runs(&self, key: &str) -> usize {
        self.lock().runs.get(key).copied().unwrap_or(0)
    }

    /// How often it came to its end.
    pub(super) fn ended(&self, key: &str) -> usize {
        self.lock().ended.get(key).copied().unwrap_or(0)
    }

    /// Whether this event was handed over without a claim.
    pub(super) fn unclaimed(&self, key: &str) -> bool {
        self.lock().unclaimed.contains(key)
    }

    /// What the next runs for this event do.
    pub(super) fn plan(&self, key: &str, plan: impl IntoIterator<Item = Plan>) {
        self.lock().plans.insert(key.to_owned(), plan.into_iter().collect());
    }

    /// Waits until this is so, at most 10 s.
    pub(super) async fn wait(&self, until: impl Fn(&Self) -> bool) -> bool {
        let started = Instant::now();
        while !until(self) {
            if started.elapsed() > Duration::from_secs(10) {
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
