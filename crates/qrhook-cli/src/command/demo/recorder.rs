//! The handler of the demo, which counts its runs.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use qrhook::Delivery;
use tokio::sync::Semaphore;

use crate::{hooks::Work, sender::Sender};

/// Names and values.
type Fields = Vec<(&'static str, String)>;

/// Counts the runs for each event. Clones share the counts.
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
    last: Fields,
}

/// A run of the handler that does not succeed at once.
#[derive(Debug, Clone, Copy)]
pub(super) enum Plan {
    Fail,
    Panic,
    Work(Duration),
    /// Works until [`Recorder::go_on`] is called.
    Wait,
}

impl Recorder {
    pub(super) fn new() -> Self {
        Self { record: Arc::default(), gate: Arc::new(Semaphore::new(0)) }
    }

    /// Ends the wait of one run.
    pub(super) fn go_on(&self) {
        self.gate.add_permits(1);
    }

    /// The number of times that the handler was called for this event.
    pub(super) fn runs(&self, key: &str) -> usize {
        self.lock().runs.get(key).copied().unwrap_or(0)
    }

    /// The number of times that it finished.
    pub(super) fn ended(&self, key: &str) -> usize {
        self.lock().ended.get(key).copied().unwrap_or(0)
    }

    /// Whether this event was delivered without a claim.
    pub(super) fn unclaimed(&self, key: &str) -> bool {
        self.lock().unclaimed.contains(key)
    }

    /// The fields of the last event that the handler received, by name.
    pub(super) fn last_fields(&self) -> Fields {
        self.lock().last.clone()
    }

    /// Plans the next runs for this event.
    pub(super) fn plan(&self, key: &str, plan: impl IntoIterator<Item = Plan>) {
        self.lock().plans.insert(key.to_owned(), plan.into_iter().collect());
    }

    /// Waits for a condition, but not forever.
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
    async fn handle(&self, delivery: Arc<Delivery<Sender>>) -> StatusCode {
        let key = key(&delivery);
        self.lock().last = fields(&delivery);
        if delivery.unclaimed() {
            self.lock().unclaimed.insert(key.clone());
        }
        let status = match self.begin(&key) {
            Some(Plan::Fail) => StatusCode::INTERNAL_SERVER_ERROR,
            Some(Plan::Panic) => panic!("the handler of the demo panics as planned"),
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

/// The key under which an event is counted: its id, or all of its fields.
pub(super) fn key(delivery: &Delivery<Sender>) -> String {
    match delivery.id() {
        Some(id) => id.to_owned(),
        None => String::from_utf8_lossy(delivery.raw()).into_owned(),
    }
}

/// The typed fields that all senders have in common.
fn fields(delivery: &Delivery<Sender>) -> Fields {
    let created_at = delivery.created_at().map(|time| time.as_str().to_owned());
    let mut fields = vec![
        ("type", delivery.event_type().map(str::to_owned)),
        ("id", delivery.id().map(str::to_owned)),
        ("created_at", created_at),
    ];
    if let Some(scan) = delivery.scan() {
        let scan = [
            ("code", scan.code),
            ("country", scan.country),
            ("city", scan.city),
            ("device", scan.device),
            ("os", scan.os),
            ("browser", scan.browser),
        ];
        fields.extend(scan.map(|(name, value)| (name, value.map(str::to_owned))));
    }
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
