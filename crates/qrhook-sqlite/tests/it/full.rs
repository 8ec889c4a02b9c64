//! A file that must not grow.

use qrhook::{
    store::{Outcome, Settled, Store, StoreErrorKind},
    testing::{ManualClock, Step, block_on, in_turns},
};
use qrhook_sqlite::SqliteStore;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::support::{DONE, RETENTION, START, claim, found, handle, key, open, patient, place, terms, try_claim};

const SMALL: u64 = 64 * 1024;

fn small(path: &PathBuf, clock: &ManualClock) -> SqliteStore {
    patient().with_clock(clock.clone()).with_max_bytes(SMALL).open(path).unwrap()
}

/// Handles events until the store is full, and returns their number.
fn fill(store: &SqliteStore) -> usize {
    for id in 0..10_000 {
        match try_claim(store, id) {
            Ok(Outcome::Acquired(claim)) => {
                assert_eq!(block_on(store.commit(&claim)).unwrap(), Settled::Applied, "{id}");
            }
            Ok(other) => panic!("{id}: {other:?}"),
            Err(refused) => {
                assert_eq!(refused.kind(), StoreErrorKind::Full);
                let source = std::error::Error::source(&refused).expect("SQLite's own error").to_string();
                assert!(source.contains("full"), "{source}");
                return id;
            }
        }
    }
    panic!("64 KiB hold 10,000 records");
}

/// Waits until the share is like this. It is measured at most once a second, after a step.
fn reaches(store: &SqliteStore, expected: impl Fn(f64) -> bool) {
    let started = std::time::Instant::now();
    while !store.fullness().is_some_and(&expected) {
        assert!(started.elapsed() < Duration::from_secs(180), "{:?}", store.fullness());
        std::thread::sleep(Duration::from_millis(10));
        let _ = try_claim(store, "another step");
    }
}

#[test]
fn the_share_of_its_room_in_use_is_known() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let store = small(&path, &clock);
    fill(&store);
    reaches(&store, |share| share >= 0.9);
    assert!(store.fullness() <= Some(1.0), "{:?}", store.fullness());
    drop(store);
    // The limit is now that of the disk.
    let store = open(&path, &clock);
    reaches(&store, |share| share > 0.0);
    assert!(store.fullness() < Some(0.9), "{:?}", store.fullness());
}

#[test]
fn a_full_file_refuses_claims_and_keeps_what_it_has() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let store = small(&path, &clock);
    let open_claim = claim(&store, "open");
    let handled = fill(&store);
    assert!(handled > 100, "{handled}");
    assert_eq!(found(&store, "open"), Outcome::InFlight);
    assert_eq!(block_on(store.commit(&open_claim)).unwrap(), Settled::Applied);
    drop(store);

    // With a larger limit, all records are still there, and new claims are made.
    let store = open(&path, &clock);
    assert_eq!(found(&store, "open"), DONE);
    for id in 0..handled {
        assert_eq!(found(&store, id), DONE, "{id}");
    }
    claim(&store, handled);
}

#[test]
fn a_full_file_takes_claims_again_by_itself_after_the_retention() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let store = small(&path, &clock);
    let handled = fill(&store);
    clock.advance(RETENTION);
    // Pages do not fill up in the same way twice, so fewer events may fit.
    for id in 0..handled / 2 {
        handle(&store, format!("again {id}"));
    }
}

#[test]
fn claims_alone_keep_a_file_small() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let store = small(&path, &clock);
    for id in 0..2000 {
        handle(&store, id);
        clock.advance(RETENTION / 100);
    }
    assert!(block_on(store.sweep(usize::MAX)).unwrap() < 10);
}

#[test]
fn a_commit_is_not_refused_for_the_claims_beside_it() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let options = || patient().with_clock(clock.clone()).with_max_bytes(SMALL);
    let store = Arc::new(options().open(&path).unwrap());
    let open_claim = claim(&store, "open");
    let handled = fill(&store);

    // All of them are in one transaction, because the file is locked until they all wait.
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = Arc::new(Mutex::new(Vec::new()));
    let mut steps: Vec<Step> = (0..20)
        .map(|id| -> Step {
            let (store, refused) = (Arc::clone(&store), Arc::clone(&refused));
            Box::pin(async move {
                let outcome = store.claim(&key(handled + id), &terms()).await;
                refused.lock().unwrap().push(outcome.map_err(|error| error.kind()));
            })
        })
        .collect();
    let committing = Arc::clone(&store);
    steps.push(Box::pin(async move {
        assert_eq!(committing.commit(&open_claim).await.unwrap(), Settled::Applied);
    }));
    steps.push(Box::pin(async move { other.execute_batch("ROLLBACK").unwrap() }));
    block_on(in_turns(steps));

    assert_eq!(found(&store, "open"), DONE);
    let refused = refused.lock().unwrap();
    assert!(refused.contains(&Err(StoreErrorKind::Full)), "{refused:?}");
}

#[test]
fn an_abandoned_claim_goes_a_retention_after_it_was_made() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let store = open(&path, &clock);
    claim(&store, "abandoned");
    clock.advance(RETENTION - Duration::from_millis(1));
    assert_eq!(block_on(store.sweep(10)).unwrap(), 0);
    clock.advance(Duration::from_millis(1));
    assert_eq!(block_on(store.sweep(10)).unwrap(), 1);
}

#[test]
fn a_sweep_forgets_as_many_as_it_may() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let store = open(&path, &clock);
    for id in 0..30 {
        handle(&store, id);
    }
    clock.advance(RETENTION);
    let swept: Vec<_> = [0, 7, 20, 20].map(|limit| block_on(store.sweep(limit)).unwrap()).into();
    assert_eq!(swept, [0, 7, 20, 3]);
}
