//! A store that fails as stores do.

use std::{
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use fastrand::Rng;
use qrhook::{
    MemoryStore, Store, StoreError,
    store::{Claim, Key, Outcome, Settled, StoreFuture, StoreProperties, Terms},
};
use tokio::time::sleep;

use crate::{
    history::{Fault, Histories, Id},
    process::CURRENT,
};

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// It answers after this time, within the limit.
    Slow(Duration),
    Unavailable,
    Full,
    Panic,
    /// It never answers, and has no effect.
    Hang,
    /// It takes effect, and fails.
    LostReply,
    /// It takes effect, and never answers.
    LateReply,
}

/// From when to when a store is in a mood.
pub(crate) type Outage = (Duration, Duration, Mood);

/// A mistake in a store, to show that the simulation notices it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// Commits change nothing.
    SkipsCommits,
    /// Releases change nothing.
    SkipsReleases,
    /// Every claim is granted.
    GrantsEverything,
    /// An event that was handled counts as in flight for ever.
    NeverDone,
    /// Handled events are forgotten after 10 minutes.
    ForgetsEarly,
    /// Another event's id counts as handled.
    ConfusesEvents,
}

#[derive(Clone)]
pub(crate) struct Faulty(Arc<Shared>);

struct Shared {
    store: MemoryStore,
    durable: bool,
    bug: Option<Bug>,
    histories: Histories,
    outages: Vec<Outage>,
    rng: Mutex<Rng>,
}

impl Faulty {
    pub(crate) fn new(
        store: MemoryStore,
        durable: bool,
        bug: Option<Bug>,
        histories: Histories,
        outages: Vec<Outage>,
        rng: Rng,
    ) -> Self {
        Self(Arc::new(Shared { store, durable, bug, histories, outages, rng: Mutex::new(rng) }))
    }

    fn mood(&self, step: &'static str) -> Mood {
        let now = self.0.histories.now();
        let outage = self.0.outages.iter().find(|(from, to, _)| *from <= now && now < *to);
        let rng = &mut self.0.rng.lock().unwrap();
        match outage {
            Some((_, _, Mood::Full)) if step != "claim" => Mood::Well,
            Some((_, _, mood)) => *mood,
            None => match rng.u32(0..1000) {
                0..4 => Mood::Slow(Duration::from_millis(rng.u64(1..900))),
                4 => Mood::Unavailable,
                5 => Mood::Panic,
                6 => Mood::Hang,
                7 => Mood::LostReply,
                8 => Mood::LateReply,
                _ => Mood::Well,
            },
        }
    }

    fn step<'a, T: Send + 'a>(
        &'a self,
        step: &'static str,
        run: impl FnOnce(&'a MemoryStore) -> StoreFuture<'a, T> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        let mood = self.mood(step);
        let event = CURRENT.try_with(|event| *event).ok();
        let kind = match mood {
            Mood::Well | Mood::Slow(_) => None,
            Mood::Unavailable => Some("failure"),
            Mood::Full => Some("fullness"),
            Mood::Panic => Some("panic"),
            Mood::Hang => Some("hang"),
            Mood::LostReply => Some("lost reply"),
            Mood::LateReply => Some("late reply"),
        };
        if let (Some(kind), Some(event)) = (kind, event) {
            self.record(event, step, kind);
        }
        Box::pin(async move {
            match mood {
                Mood::Well => run(&self.0.store).await,
                Mood::Slow(time) => {
                    sleep(time).await;
                    run(&self.0.store).await
                }
                Mood::Unavailable => Err(StoreError::unavailable("simulated")),
                Mood::Full => Err(StoreError::full()),
                Mood::Panic => panic!("simulated"),
                Mood::Hang => pending().await,
                Mood::LostReply => {
                    run(&self.0.store).await?;
                    Err(StoreError::unavailable("simulated"))
                }
                Mood::LateReply => {
                    run(&self.0.store).await?;
                    pending().await
                }
            }
        })
    }

    fn record(&self, event: Id, step: &'static str, kind: &'static str) {
        let at = self.0.histories.now();
        self.0.histories.change(event, |history| history.faults.push(Fault { at, step, kind }));
    }

    fn bug(&self, bug: Bug) -> bool {
        self.0.bug == Some(bug)
    }
}

impl Store for Faulty {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        self.step("claim", move |store| {
            Box::pin(async move {
                let mut terms = *terms;
                if self.bug(Bug::ForgetsEarly) {
                    terms = Terms::new(terms.lease(), Duration::from_secs(600), terms.occurrence()).unwrap();
                }
                let outcome = store.claim(key, &terms).await?;
                Ok(match outcome {
                    Outcome::InFlight | Outcome::Done { .. } if self.bug(Bug::GrantsEverything) => {
                        Outcome::Acquired(Claim::new(*key, terms)?)
                    }
                    Outcome::Done { .. } if self.bug(Bug::NeverDone) => Outcome::InFlight,
                    Outcome::Acquired(claim) if self.bug(Bug::ConfusesEvents) && key.as_bytes()[0] == 0 => {
                        store.commit(&claim).await?;
                        Outcome::Done { same_occurrence: true }
                    }
                    outcome => outcome,
                })
            })
        })
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        self.step("commit", move |store| {
            Box::pin(async move {
                if self.bug(Bug::SkipsCommits) {
                    return Ok(Settled::Applied);
                }
                let settled = store.commit(claim).await?;
                if let Ok(event) = CURRENT.try_with(|event| *event) {
                    let at = self.0.histories.now();
                    self.0.histories.change(event, |history| {
                        history.commits.push(at);
                        history.settled.push(at);
                    });
                }
                Ok(settled)
            })
        })
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        self.step("release", move |store| {
            Box::pin(async move {
                if self.bug(Bug::SkipsReleases) {
                    return Ok(Settled::Applied);
                }
                let settled = store.release(claim).await?;
                if let Ok(event) = CURRENT.try_with(|event| *event) {
                    let at = self.0.histories.now();
                    self.0.histories.change(event, |history| history.settled.push(at));
                }
                Ok(settled)
            })
        })
    }

    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
        self.step("sweep", move |store| store.sweep(limit))
    }

    fn properties(&self) -> StoreProperties {
        let properties = if self.0.durable { StoreProperties::durable() } else { StoreProperties::volatile() };
        properties.with_shared(self.0.durable).with_needs_sweeps(true)
    }
}
