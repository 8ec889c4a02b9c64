//! The simplest possible store, with a place for every mistake. Its steps interleave only where they yield, on one
//! thread, so that finding a mistake does not depend on luck.

use std::{
    collections::HashMap,
    fmt,
    future::poll_fn,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use super::fault::Fault;
use crate::{
    clock::Clock,
    store::{Claim, Key, Outcome, Owner, Settled, Store, StoreError, StoreFuture, StoreProperties, Terms},
    testing::ManualClock,
};

pub(super) const SECRET: &str = "a password";

#[derive(Debug, Clone)]
struct Record {
    owner: Owner,
    /// The instance of the store that made the claim.
    instance: usize,
    terms: Terms,
    claimed_at: Duration,
    until: Duration,
    done: bool,
}

pub(super) struct Faulty {
    fault: Fault,
    unreachable: bool,
    clock: ManualClock,
    capacity: usize,
    /// The number of this store among those on the same records.
    instance: usize,
    records: Arc<Mutex<HashMap<Vec<u8>, Record>>>,
    /// Whether a claim is running, for a fault that makes claims take turns.
    taken: AtomicBool,
}

impl Faulty {
    pub(super) fn new(fault: Fault, clock: ManualClock, capacity: usize) -> Self {
        let (records, taken) = Default::default();
        Self { fault, unreachable: false, clock, capacity, instance: 0, records, taken }
    }

    /// A second store on the same records.
    pub(super) fn another(&self) -> Self {
        let own = Self::new(self.fault, self.clock.clone(), self.capacity);
        let records = if self.has(Fault::KeepsRecordsApart) { own.records } else { Arc::clone(&self.records) };
        Self { instance: self.instance + 1, records, ..own }
    }

    /// The same store after a restart.
    pub(super) fn reopened(self) -> Self {
        let now = self.now();
        self.records().retain(|_, record| match self.fault {
            Fault::ReopenForgetsHandledEvents => !record.done,
            Fault::ReopenForgetsLiveClaims => record.done || record.until <= now,
            Fault::ReopenForgetsLapsedClaims => record.done || record.until > now,
            _ => true,
        });
        self
    }

    /// The same store with its server gone.
    pub(super) fn unreachable(self) -> Self {
        Self { unreachable: true, ..self }
    }

    async fn reach(&self) -> Result<(), StoreError> {
        match self.fault {
            _ if !self.unreachable => Ok(()),
            Fault::SucceedsWithoutItsServer => Ok(()),
            Fault::HangsWithoutItsServer => std::future::pending().await,
            Fault::NamesTheWrongError => Err(StoreError::timeout()),
            Fault::ErrorShowsTheSecret => Err(StoreError::unavailable(format!("cannot log in with {SECRET}"))),
            _ => Err(StoreError::unavailable("the server is gone")),
        }
    }

    async fn turn(&self) -> Option<Turn<'_>> {
        if self.has(Fault::TakesTurnsAlone) { Some(Turn::take(&self.taken).await) } else { None }
    }

    fn now(&self) -> Duration {
        match self.fault {
            Fault::FollowsTheWallClock => Duration::from_secs(self.clock.unix().as_secs().try_into().unwrap()),
            _ => self.clock.monotonic(),
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    /// Whether this is the active mistake and the record belongs to another instance.
    fn is_of_another(&self, record: &Record, fault: Fault) -> bool {
        self.has(fault) && record.instance != self.instance
    }

    fn records(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Record>> {
        self.records.lock().unwrap()
    }

    fn name(&self, key: &Key) -> Vec<u8> {
        let length = if self.has(Fault::KeysAreCut) { 1 } else { 16 };
        key.as_bytes()[..length].to_vec()
    }

    fn found(&self, key: &Key, terms: &Terms) -> Option<Outcome> {
        let records = self.records();
        let record = records.get(&self.name(key))?;
        let same_occurrence = match self.fault {
            Fault::OccurrenceIsForgotten => true,
            Fault::OccurrenceIsCutToOneByte => record.terms.occurrence() & 0xff == terms.occurrence() & 0xff,
            _ => record.terms.occurrence() == terms.occurrence(),
        };
        match record {
            _ if self.has(Fault::ClaimsAlwaysWin) => None,
            record if record.done && self.has(Fault::HandledEventsAreClaimedAgain) => None,
            record if record.done && self.is_of_another(record, Fault::KeepsHandledEventsApart) => None,
            record if !record.done && self.is_of_another(record, Fault::LeasesOfAnotherNeverEnd) => {
                Some(Outcome::InFlight)
            }
            record if record.until <= self.now() => None,
            record if record.done => Some(Outcome::Done { same_occurrence }),
            _ => Some(Outcome::InFlight),
        }
    }

    fn record(&self, claim: &Claim) -> Result<(), StoreError> {
        let now = self.now();
        let mut records = self.records();
        let name = self.name(claim.key());
        if records.len() >= self.capacity && !records.contains_key(&name) {
            match self.fault {
                Fault::ForgetsWhenFull => {
                    let some = records.keys().next().unwrap().clone();
                    records.remove(&some);
                }
                Fault::FullIsUnavailable => return Err(StoreError::unavailable("full")),
                _ => return Err(StoreError::full()),
            }
        }
        let lease = match self.fault {
            Fault::LeaseIsShortened => claim.terms().lease() / 2,
            Fault::LeaseNeverEnds | Fault::DroppedClaimLastsForever => Terms::MAX,
            Fault::LongTermsAreCut => claim.terms().lease().min(Duration::from_secs(24 * 3600)),
            Fault::TakeoverKeepsTheLeaseThatIsOver if records.contains_key(&name) => Duration::ZERO,
            _ => claim.terms().lease(),
        };
        let (owner, instance, terms) = (claim.owner(), self.instance, *claim.terms());
        records.insert(name, Record { owner, instance, terms, claimed_at: now, until: now + lease, done: false });
        Ok(())
    }

    fn commit_now(&self, claim: &Claim) -> Result<Settled, StoreError> {
        let now = self.now();
        let full = self.records().len() >= self.capacity;
        let mut records = self.records();
        let Some(record) = records.get_mut(&self.name(claim.key())) else { return Ok(Settled::Lost) };
        let lost = match self.fault {
            Fault::CommitNeedsAPlace if full => return Err(StoreError::full()),
            Fault::CommitIgnoresTheOwner => false,
            Fault::CommitAfterTheLeaseIsLost if record.until <= now => true,
            Fault::RepeatedCommitIsLost if record.done => true,
            Fault::CommitOverwritesAnother if record.instance != self.instance => false,
            Fault::CommitNeedsItsOwnClaim if record.instance != self.instance => true,
            _ => record.owner != claim.owner(),
        };
        if lost {
            return Ok(Settled::Lost);
        }
        if record.done && !self.has(Fault::RepeatedCommitExtends) {
            return Ok(Settled::Applied);
        }
        let retention = claim.terms().retention();
        record.done = true;
        record.until = match self.fault {
            Fault::RetentionIsShortened => now + retention.mul_f32(0.9),
            Fault::RetentionRunsFromTheClaim => record.claimed_at + retention,
            Fault::RetentionNeverEnds => now + Terms::MAX,
            _ => now + retention,
        };
        Ok(Settled::Applied)
    }

    fn release_now(&self, claim: &Claim) -> Settled {
        let mut records = self.records();
        let name = self.name(claim.key());
        match records.get(&name) {
            None if self.has(Fault::RepeatedReleaseIsLost) => Settled::Lost,
            None => Settled::Applied,
            Some(record) if record.owner != claim.owner() && !self.has(Fault::ReleaseIgnoresTheOwner) => Settled::Lost,
            Some(record) if self.is_of_another(record, Fault::ReleaseNeedsItsOwnClaim) => Settled::Lost,
            Some(record) if record.done && !self.has(Fault::ReleaseForgetsHandledEvents) => Settled::Lost,
            Some(_) if self.has(Fault::ReleaseChangesNothing) => Settled::Applied,
            Some(_) => {
                records.remove(&name);
                Settled::Applied
            }
        }
    }

    fn sweep_now(&self, limit: usize) -> usize {
        let now = self.now();
        let limit = match self.fault {
            Fault::SweepIgnoresItsLimit => usize::MAX,
            Fault::SweepForgetsNothing => 0,
            _ => limit,
        };
        let mut records = self.records();
        let over = records.iter().filter(|(_, record)| match self.fault {
            Fault::SweepDropsLiveClaims if !record.done && record.until > now => true,
            Fault::SweepDropsLapsedClaims if record.until <= now => true,
            Fault::SweepDropsHandledEvents if record.done => true,
            _ if record.done => record.until <= now,
            _ => record.until + record.terms.retention() <= now,
        });
        let over: Vec<_> = over.map(|(name, _)| name.clone()).take(limit).collect();
        records.retain(|name, _| !over.contains(name));
        over.len()
    }
}

impl Store for Faulty {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        Box::pin(async move {
            self.reach().await?;
            if self.has(Fault::ClaimsNeverWin) {
                return Ok(Outcome::InFlight);
            }
            let _turn = self.turn().await;
            if let Some(outcome) = self.found(key, terms) {
                return Ok(outcome);
            }
            if self.has(Fault::LooksBeforeItClaims) || self.has(Fault::TakesTurnsAlone) {
                yield_once().await;
            }
            let claim = Claim::new(*key, *terms)?;
            self.record(&claim)?;
            if self.has(Fault::DroppedClaimLastsForever) {
                yield_once().await;
                let until = self.now() + terms.lease();
                self.records().get_mut(&self.name(key)).unwrap().until = until;
            }
            Ok(Outcome::Acquired(claim))
        })
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(async move {
            self.reach().await?;
            if self.has(Fault::DroppedCommitForgetsTheClaim) {
                let name = self.name(claim.key());
                let record = self.records().remove(&name);
                yield_once().await;
                record.map(|record| self.records().insert(name, record));
            }
            if self.has(Fault::LooksBeforeItCommits) {
                let before = self.records().get(&self.name(claim.key())).cloned();
                if before.is_some_and(|record| record.owner == claim.owner()) {
                    yield_once().await;
                    if let Some(record) = self.records().get_mut(&self.name(claim.key())) {
                        record.owner = claim.owner();
                    }
                }
            }
            let _turn = self.turn().await;
            self.commit_now(claim)
        })
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(async move {
            self.reach().await?;
            Ok(self.release_now(claim))
        })
    }

    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(async move {
            self.reach().await?;
            Ok(self.sweep_now(limit))
        })
    }

    fn properties(&self) -> StoreProperties {
        StoreProperties::durable().with_shared(true).with_needs_sweeps(true)
    }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.has(Fault::DebugShowsTheSecret) { SECRET } else { "Faulty" })
    }
}

/// Lets claims run one at a time, among those that share the flag.
struct Turn<'a>(&'a AtomicBool);

impl<'a> Turn<'a> {
    async fn take(taken: &'a AtomicBool) -> Self {
        while taken.swap(true, Ordering::SeqCst) {
            yield_once().await;
        }
        Self(taken)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// Lets other steps run, where a mistake only shows when they do.
async fn yield_once() {
    let mut yielded = false;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
