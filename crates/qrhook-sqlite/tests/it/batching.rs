//! Many steps in few transactions.

use std::{sync::Arc, time::Duration};

use qrhook::{
    store::{Outcome, Store, StoreErrorKind},
    testing::{ManualClock, Step, block_on, in_turns},
};
use qrhook_sqlite::SqliteStore;
use rusqlite::Connection;

use crate::support::{START, claim, found, handle, key, patient, place, terms, try_claim};

/// Locks the file, as another process would.
fn lock(path: &std::path::Path) -> Connection {
    let other = Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}

#[test]
fn all_claims_that_wait_share_a_transaction() {
    let (_folder, path) = place();
    let store = patient().open(&path).unwrap();
    let store = Arc::new(store);
    let before = store.transactions();

    // While the file is locked, the writer has some of them and the others pile up.
    let other = lock(&path);
    let mut steps: Vec<Step> = (0..64)
        .map(|id| -> Step {
            let store = Arc::clone(&store);
            Box::pin(async move {
                let outcome = store.claim(&key(id), &terms()).await.unwrap();
                assert!(matches!(outcome, Outcome::Acquired(_)), "{outcome:?}");
            })
        })
        .collect();
    // After the first round all 64 wait; the last step unlocks the file.
    steps.push(Box::pin(async move { other.execute_batch("ROLLBACK").unwrap() }));
    block_on(in_turns(steps));

    let made = store.transactions() - before;
    assert!((1..=2).contains(&made), "64 claims took {made} transactions");
}

#[test]
fn a_file_that_stays_locked_fails_the_step_and_changes_nothing() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let store =
        SqliteStore::options().with_clock(clock).with_busy_timeout(Duration::from_millis(1)).open(&path).unwrap();
    handle(&store, "before");
    let open = claim(&store, "open");

    let other = lock(&path);
    assert_eq!(try_claim(&store, "refused").unwrap_err().kind(), StoreErrorKind::Timeout);
    assert_eq!(block_on(store.commit(&open)).unwrap_err().kind(), StoreErrorKind::Timeout);
    drop(other);

    assert_eq!(found(&store, "open"), Outcome::InFlight);
    assert_eq!(found(&store, "before"), Outcome::Done { same_occurrence: true });
    claim(&store, "refused");
}

#[test]
fn a_claim_that_nobody_waits_for_is_not_made_or_is_given_back() {
    let (_folder, path) = place();
    let store = patient().open(&path).unwrap();
    let other = lock(&path);
    // The writer already has the first one when it is dropped; the others wait.
    for id in 0..10 {
        let (key, terms) = (key(id), terms());
        let mut step = store.claim(&key, &terms);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(step.as_mut().poll(&mut context).is_pending(), "{id}");
    }
    drop(other);
    for id in 0..10 {
        claim(&store, id);
    }
}

/// Reports when the result has been sent.
struct Sent(std::sync::mpsc::Sender<()>);

impl std::task::Wake for Sent {
    fn wake(self: Arc<Self>) {
        let _ = self.0.send(());
    }
}

#[test]
fn a_claim_whose_outcome_was_sent_and_never_taken_is_given_back() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let (key, terms) = (key(1), terms());
    let mut step = store.claim(&key, &terms);
    let (sent, was_sent) = std::sync::mpsc::channel();
    let waker = std::task::Waker::from(Arc::new(Sent(sent)));
    assert!(step.as_mut().poll(&mut std::task::Context::from_waker(&waker)).is_pending());
    was_sent.recv().unwrap();
    drop(step);
    claim(&store, 1);
}

#[test]
fn an_outcome_that_was_taken_is_kept() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    claim(&store, 1);
    assert_eq!(found(&store, 1), Outcome::InFlight);
}

#[test]
fn dropping_the_store_finishes_what_was_asked() {
    let (_folder, path) = place();
    let store = patient().open(&path).unwrap();
    let claims: Vec<_> = (0..100).map(|id| claim(&store, id)).collect();
    for claim in &claims {
        let mut step = store.commit(claim);
        let _ = step.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    }
    drop(store);
    // The last connection to close removes the log.
    assert!(!path.with_file_name("qrhook.db-wal").exists(), "the file is still open");
    let store = SqliteStore::open(&path).unwrap();
    for id in 0..100 {
        assert_eq!(found(&store, id), Outcome::Done { same_occurrence: true }, "{id}");
    }
}

#[test]
fn two_programs_on_one_file_never_claim_the_same_event() {
    let (_folder, path) = place();
    let stores: Vec<_> = (0..2).map(|_| patient().open(&path).unwrap()).collect();
    let winners: usize = std::thread::scope(|scope| {
        let claiming =
            |store| scope.spawn(move || (0..200).filter(|id| matches!(found(store, id), Outcome::Acquired(_))).count());
        let threads: Vec<_> = stores.iter().map(claiming).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(winners, 200);
}
