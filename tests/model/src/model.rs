//! The model: a store in the plainest form.

use std::{collections::HashMap, time::Duration};

use proptest::sample::Index;
use qrhook::{
    store::{Claim, Key, Outcome, Settled, Store, Terms},
    testing::Subject,
};

use crate::steps::Step;

/// The state that a store must remember.
#[derive(Debug, Default)]
pub(crate) struct Model {
    now: u64,
    records: HashMap<u8, Record>,
    /// All acquired claims, each with its event.
    claims: Vec<(u8, Claim)>,
}

#[derive(Debug, Clone, Copy)]
struct Record {
    /// The index of the claim that the record belongs to.
    claim: usize,
    occurrence: u32,
    done: bool,
    /// The end of the lease or of the retention.
    until: u64,
    /// The time from which a sweep may forget it.
    forget: u64,
}

impl Record {
    fn is_over(&self, now: u64) -> bool {
        self.until <= now
    }

    /// Whether the store may forget the record. It is correct whether it has done so or not.
    fn is_forgettable(&self, now: u64) -> bool {
        self.is_over(now) && self.forget <= now
    }
}

type Difference = Result<(), String>;

impl Model {
    /// Runs these steps on a fresh store and on a model.
    pub(crate) async fn compare<S: Subject>(subject: &S, steps: &[Step]) -> Difference {
        let mut model = Self::default();
        let mut store = subject.fresh().await;
        for (number, step) in steps.iter().enumerate() {
            let compared = match step {
                Step::Claim { event, lease, retention, occurrence } => {
                    model.claim(&store, *event, [*lease, *retention], *occurrence).await
                }
                Step::Commit { claim } => model.commit(&store, *claim).await,
                Step::Release { claim } => model.release(&store, *claim).await,
                Step::Sweep { limit } => model.sweep(&store, *limit).await,
                Step::Pass { seconds } => {
                    subject.pass(Duration::from_secs(*seconds)).await;
                    model.now = model.now.saturating_add(*seconds);
                    Ok(())
                }
                Step::Reopen if store.properties().durable => {
                    store = subject.reopen(store).await.ok_or("a durable store was not reopened")?;
                    Ok(())
                }
                Step::Reopen => Ok(()),
            };
            compared.map_err(|difference| format!("step {number}: {difference}"))?;
        }
        Ok(())
    }

    async fn claim(
        &mut self,
        store: &impl Store,
        event: u8,
        [lease, retention]: [u64; 2],
        occurrence: u32,
    ) -> Difference {
        let terms = Terms::new(Duration::from_secs(lease), Duration::from_secs(retention), occurrence);
        let terms = terms.map_err(|error| error.to_string())?;
        let found = store.claim(&key(event), &terms).await.map_err(|error| error.to_string())?;
        let expected = match self.records.get(&event) {
            Some(record) if record.is_over(self.now) => None,
            Some(record) if record.done => Some(Outcome::Done { same_occurrence: record.occurrence == occurrence }),
            Some(_) => Some(Outcome::InFlight),
            None => None,
        };
        match (found, expected) {
            (Outcome::Acquired(claim), None) => {
                let until = self.now.saturating_add(lease);
                let forget = self.now.saturating_add(lease.max(retention));
                let record = Record { claim: self.claims.len(), occurrence, done: false, until, forget };
                self.records.insert(event, record);
                self.claims.push((event, claim));
                Ok(())
            }
            (found, Some(expected)) if found == expected => Ok(()),
            (found, expected) => Err(format!("a claim returned {found:?}, and the model expected {expected:?}")),
        }
    }

    async fn commit(&mut self, store: &impl Store, claim: Index) -> Difference {
        let Some(number) = self.number(claim) else { return Ok(()) };
        let (event, claim) = &self.claims[number];
        let found = store.commit(claim).await.map_err(|error| error.to_string())?;
        let ours = self.records.get_mut(event).filter(|record| record.claim == number);
        let Some(record) = ours else { return agree("a commit", found, Settled::Lost) };
        match found {
            Settled::Lost if record.is_forgettable(self.now) => {}
            // A repeated commit, perhaps after the retention.
            Settled::Applied if record.done => {}
            Settled::Applied => {
                let until = self.now.saturating_add(claim.terms().retention().as_secs());
                *record = Record { done: true, until, forget: until, ..*record };
            }
            other => return agree("a commit", other, Settled::Applied),
        }
        Ok(())
    }

    async fn release(&mut self, store: &impl Store, claim: Index) -> Difference {
        let Some(number) = self.number(claim) else { return Ok(()) };
        let (event, claim) = &self.claims[number];
        let found = store.release(claim).await.map_err(|error| error.to_string())?;
        let expected = match self.records.get(event) {
            None => Settled::Applied,
            Some(record) if record.claim == number && !record.done => {
                self.records.remove(event);
                Settled::Applied
            }
            Some(record) if record.is_forgettable(self.now) => return Ok(()),
            Some(_) => Settled::Lost,
        };
        agree("a release", found, expected)
    }

    /// Checks only the count: if the sweep forgot a record that it should have kept, later steps show it.
    async fn sweep(&mut self, store: &impl Store, limit: usize) -> Difference {
        let swept = store.sweep(limit).await.map_err(|error| error.to_string())?;
        let most = limit.min(self.claims.len());
        if swept <= most { Ok(()) } else { Err(format!("a sweep forgot {swept} records, of at most {most}")) }
    }

    fn number(&self, claim: Index) -> Option<usize> {
        (!self.claims.is_empty()).then(|| claim.index(self.claims.len()))
    }
}

fn agree(step: &str, found: Settled, expected: Settled) -> Difference {
    if found == expected { Ok(()) } else { Err(format!("{step}: {found:?}, and the model expected {expected:?}")) }
}

fn key(event: u8) -> Key {
    Key::new("sender", "endpoint", &[event])
}
