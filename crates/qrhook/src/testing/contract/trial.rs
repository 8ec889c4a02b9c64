//! One rule, tried on one store.

use std::{error::Error, fmt::Debug, sync::Arc, time::Duration};

use super::{Pace, Subject, watch::Watch};
use crate::store::{Claim, Key, Outcome, Settled, Store, StoreError, Terms};

/// One rule, tried on one fresh store. Every check that fails names the rule.
pub(super) struct Trial<'a, S: Subject> {
    rule: &'static str,
    pub(super) subject: &'a S,
    pub(super) store: Arc<S::Store>,
    pub(super) pace: Pace,
    watch: &'a Watch,
}

impl<'a, S: Subject> Trial<'a, S> {
    pub(super) async fn of(rule: &'static str, subject: &'a S, pace: Pace, watch: &'a Watch) -> Self {
        Self { rule, subject, store: Arc::new(subject.fresh().await), pace, watch }
    }

    pub(super) fn on(self, store: S::Store) -> Self {
        Self { store: Arc::new(store), ..self }
    }

    /// The same trial after a restart, if the store survives one.
    pub(super) async fn reopened(self) -> Option<Self> {
        let durable = self.store.properties().durable;
        let Self { rule, subject, store, pace, watch } = self;
        let reopened = match Arc::into_inner(store) {
            Some(store) => subject.reopen(store).await,
            None => None,
        };
        match reopened {
            Some(store) => Some(Self { rule, subject, store: Arc::new(store), pace, watch }),
            None if durable => broken(rule, "the store reports that it is durable, but was not reopened"),
            None => None,
        }
    }

    /// The same trial on a second store with the same records, if there can be one.
    pub(super) async fn another(&self) -> Option<Self> {
        let Self { rule, subject, pace, watch, .. } = *self;
        match subject.another(&self.store).await {
            Some(store) => Some(Self { rule, subject, store: Arc::new(store), pace, watch }),
            None if self.store.properties().shared => {
                self.broken("the store reports that it is shared, but there is no other on the same records")
            }
            None => None,
        }
    }

    pub(super) fn broken(&self, how: impl AsRef<str>) -> ! {
        broken(self.rule, how.as_ref())
    }

    pub(super) fn check(&self, holds: bool, how: &str) {
        if !holds {
            self.broken(how);
        }
    }

    pub(super) fn expect<T: PartialEq + Debug>(&self, step: &str, found: T, expected: T) {
        if found != expected {
            self.broken(format!("{step}: found {found:?} instead of {expected:?}"));
        }
    }

    pub(super) fn answer<T>(&self, step: &str, answer: Result<T, StoreError>) -> T {
        answer.unwrap_or_else(|error| self.broken(format!("{step} failed: {error:?}")))
    }

    pub(super) fn terms(&self, occurrence: u32) -> Terms {
        self.terms_of(self.pace.lease, self.pace.retention, occurrence)
    }

    pub(super) fn terms_of(&self, lease: Duration, retention: Duration, occurrence: u32) -> Terms {
        Terms::new(lease, retention, occurrence).unwrap_or_else(|error| self.broken(format!("the pace: {error}")))
    }

    pub(super) async fn claim_for(&self, key: &Key, terms: &Terms) -> Outcome {
        self.answer("a claim", self.store.claim(key, terms).await)
    }

    pub(super) async fn claim(&self, key: &Key) -> Outcome {
        self.claim_for(key, &self.terms(0)).await
    }

    pub(super) async fn acquire_for(&self, key: &Key, terms: &Terms, when: &str) -> Claim {
        match self.claim_for(key, terms).await {
            Outcome::Acquired(claim) => {
                self.check(claim.key() == key && claim.terms() == terms, "the claim has another key or other terms");
                claim
            }
            other => self.broken(format!("{when}: a claim found {other:?} instead of acquiring")),
        }
    }

    pub(super) async fn acquire(&self, key: &Key, when: &str) -> Claim {
        self.acquire_for(key, &self.terms(0), when).await
    }

    pub(super) async fn in_flight(&self, key: &Key, when: &str) {
        self.expect(when, self.claim(key).await, Outcome::InFlight);
    }

    pub(super) async fn done(&self, key: &Key, when: &str) {
        self.expect(when, self.claim(key).await, Outcome::Done { same_occurrence: true });
    }

    pub(super) async fn commit(&self, claim: &Claim, expected: Settled, when: &str) {
        self.expect(when, self.answer("a commit", self.store.commit(claim).await), expected);
    }

    pub(super) async fn release(&self, claim: &Claim, expected: Settled, when: &str) {
        self.expect(when, self.answer("a release", self.store.release(claim).await), expected);
    }

    /// Claims and commits.
    pub(super) async fn handle(&self, key: &Key) -> Claim {
        let claim = self.acquire(key, "a new event").await;
        self.commit(&claim, Settled::Applied, "its commit").await;
        claim
    }

    pub(super) async fn sweep(&self, limit: usize) -> usize {
        let swept = self.answer("a sweep", self.store.sweep(limit).await);
        self.check(swept <= limit, "a sweep removed more than its limit");
        swept
    }

    /// Checks that a value's `Debug` output shows none of the secrets.
    pub(super) fn keeps_secrets(&self, of: &str, shown: &(impl Debug + ?Sized)) {
        let shown = format!("{shown:?} {shown:#?}");
        for secret in self.subject.secrets() {
            // The message must not repeat the secret.
            self.check(!shown.contains(&secret), &format!("{of} shows a secret"));
        }
    }

    /// Checks the same for an error and all of its sources.
    pub(super) fn error_keeps_secrets(&self, of: &str, error: &StoreError) {
        let mut shown = format!("{error:?} {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            shown.push_str(&format!(" {cause:?} {cause}"));
            source = cause.source();
        }
        self.keeps_secrets(of, &shown);
    }

    pub(super) async fn pass(&self, time: Duration) {
        self.watch.passes(time);
        self.subject.pass(time).await;
    }

    /// Lets enough time pass for a lease to end.
    pub(super) async fn outlive_the_lease(&self) {
        self.pass(self.pace.lease.saturating_add(self.pace.slack)).await;
    }

    /// Lets enough time pass for a retention to end.
    pub(super) async fn outlive_the_retention(&self) {
        self.pass(self.pace.retention.saturating_add(self.pace.slack)).await;
    }
}

fn broken(rule: &str, how: &str) -> ! {
    panic!("the store breaks a rule of its contract: {rule}: {how}")
}

/// The key of an event that differs from others only in its id.
pub(super) fn key(id: &str) -> Key {
    Key::new("sender", "endpoint", id.as_bytes())
}
