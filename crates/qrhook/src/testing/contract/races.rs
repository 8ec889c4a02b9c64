//! Rules about steps that run at the same time or are dropped.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
};

use super::{
    Subject,
    trial::{Trial, key},
};
use crate::{
    store::{Claim, Key, Outcome, Settled, Store, StoreError},
    testing::Step,
};

const CLAIMS: usize = 1000;

/// The results of steps that ran at the same time.
struct Met<T>(Arc<Mutex<Vec<Result<T, StoreError>>>>);

impl<T: Send + 'static> Met<T> {
    fn new() -> Self {
        Self(Arc::default())
    }

    fn step(&self, step: impl Future<Output = Result<T, StoreError>> + Send + 'static) -> Step {
        let results = Arc::clone(&self.0);
        Box::pin(async move {
            let result = step.await;
            results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
        })
    }

    fn take(&self) -> Vec<Result<T, StoreError>> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S: Subject> Trial<'_, S> {
    fn claiming(&self, met: &Met<Outcome>, event: Key) -> Step {
        let (store, terms) = (Arc::clone(&self.store), self.terms(0));
        met.step(async move { store.claim(&event, &terms).await })
    }

    /// Claims many times at once, half of them on `other`, and returns the one claim that wins.
    async fn winner_of_many(&self, other: &Self, event: Key) -> Claim {
        let met = Met::new();
        let steps = [self, other].into_iter().cycle().take(CLAIMS).map(|trial| trial.claiming(&met, event));
        self.subject.together(steps.collect()).await;
        let found = met.take();
        self.expect("results", found.len(), CLAIMS);
        let mut winners = Vec::new();
        for outcome in found {
            match self.answer("a claim", outcome) {
                Outcome::Acquired(claim) => winners.push(claim),
                Outcome::InFlight => {}
                done @ Outcome::Done { .. } => self.broken(format!("a claim found {done:?}")),
            }
        }
        self.expect("winners", winners.len(), 1);
        winners.remove(0)
    }
}

pub(super) async fn have_one_winner<S: Subject>(trial: Trial<'_, S>) {
    one_winner_on(&trial, &trial).await;
}

pub(super) async fn have_one_winner_on_both<S: Subject>(trial: Trial<'_, S>) {
    let Some(other) = trial.another().await else { return };
    one_winner_on(&trial, &other).await;
}

async fn one_winner_on<S: Subject>(trial: &Trial<'_, S>, other: &Trial<'_, S>) {
    let event = key("evt_1");
    let first = trial.winner_of_many(other, event).await;
    trial.outlive_the_lease().await;
    let second = trial.winner_of_many(other, event).await;
    trial.commit(&first, Settled::Lost, "a commit of the first winner").await;
    trial.commit(&second, Settled::Applied, "a commit of the second winner").await;
    other.done(&event, "after its commit").await;
}

pub(super) async fn have_one_outcome<S: Subject>(trial: Trial<'_, S>) {
    const PAIRS: usize = 50;
    let mut claims = Vec::new();
    for number in 0..PAIRS {
        claims.push(trial.acquire(&key(&number.to_string()), "a new event").await);
    }
    trial.outlive_the_lease().await;
    for (number, claim) in claims.into_iter().enumerate() {
        let (commits, takeovers) = (Met::new(), Met::new());
        let event = *claim.key();
        let store = Arc::clone(&trial.store);
        let commit = commits.step(async move { store.commit(&claim).await });
        let mut steps = vec![commit, trial.claiming(&takeovers, event)];
        if number % 2 == 0 {
            steps.reverse();
        }
        trial.subject.together(steps).await;
        let (Some(commit), Some(takeover)) = (commits.take().pop(), takeovers.take().pop()) else {
            trial.broken("a step returned no result")
        };
        match (trial.answer("a commit", commit), trial.answer("a claim", takeover)) {
            (Settled::Applied, Outcome::Done { same_occurrence: true }) => {
                trial.done(&event, "after the commit won").await;
            }
            (Settled::Lost, Outcome::Acquired(claim)) => {
                trial.in_flight(&event, "after the takeover won").await;
                trial.commit(&claim, Settled::Applied, "the commit of the takeover").await;
            }
            (commit, takeover) => trial.broken(format!("the commit was {commit:?} and the takeover {takeover:?}")),
        }
    }
}

/// The numbers of polls after which a step is dropped.
const POLLS: [usize; 4] = [0, 1, 2, 5];

pub(super) async fn can_be_repeated<S: Subject>(trial: Trial<'_, S>) {
    for polls in POLLS {
        let event = key(&polls.to_string());
        let claim = trial.acquire(&event, "a new event").await;
        poll_and_drop(trial.store.commit(&claim), polls).await;
        trial.commit(&claim, Settled::Applied, "the repeated commit").await;
        trial.done(&event, "after the repeated commit").await;
    }
}

pub(super) async fn leave_no_endless_claim<S: Subject>(trial: Trial<'_, S>) {
    for polls in POLLS {
        let event = key(&format!("claim_{polls}"));
        let terms = trial.terms(0);
        poll_and_drop(trial.store.claim(&event, &terms), polls).await;
        let claim = trial.acquire(&key(&format!("commit_{polls}")), "a new event").await;
        poll_and_drop(trial.store.commit(&claim), polls).await;
        let claim = trial.acquire(&key(&format!("release_{polls}")), "a new event").await;
        poll_and_drop(trial.store.release(&claim), polls).await;
    }
    trial.outlive_the_lease().await;
    for polls in POLLS {
        trial.acquire(&key(&format!("claim_{polls}")), "after the lease of a dropped claim").await;
        trial.acquire(&key(&format!("release_{polls}")), "after the lease of a claim whose release was dropped").await;
        let found = trial.claim(&key(&format!("commit_{polls}"))).await;
        trial.check(found != Outcome::InFlight, "after the lease of a claim whose commit was dropped: still in flight");
    }
}

async fn poll_and_drop<T>(step: impl Future<Output = T>, polls: usize) {
    let mut step = std::pin::pin!(step);
    for _ in 0..polls {
        let ready = poll_fn(|context| Poll::Ready(step.as_mut().poll(context).is_ready())).await;
        if ready {
            return;
        }
    }
}
