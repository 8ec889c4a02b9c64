//! Claims whose caller is gone.

use std::time::Duration;

use qrhook::store::{Outcome, Settled, Store, Terms};
use qrhook_postgres::PostgresStore;
use sqlx::Connection;

use crate::support::{Server, key, wait_for};

/// So long that an open claim cannot end with its lease during the test.
const LEASE: Duration = Duration::from_secs(3600);

/// As if a client hung up while the server works on the claim. The server finishes its statement anyway.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_is_dropped_is_given_back() {
    let server = Server::start();
    let url = server.fresh_url().await;
    let options = PostgresStore::options().with_step_time(Duration::from_secs(60));
    let store = options.connect(&url).await.unwrap();
    let terms = Terms::new(LEASE, LEASE, 7).unwrap();
    let (mut other, mut watcher) = (server.connection().await, server.connection().await);
    let mut held = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE schema_1.qrhook_event IN SHARE MODE").execute(&mut *held).await.unwrap();
    let event = key(1);
    tokio::select! {
        outcome = store.claim(&event, &terms) => panic!("{outcome:?}"),
        _ = wait_for(&mut watcher, 1) => {}
    }
    // The server is still working on it.
    wait_for(&mut watcher, 1).await;
    held.rollback().await.unwrap();
    wait_for(&mut watcher, 0).await;
    for _ in 0..6000 {
        if let Outcome::Acquired(claim) = store.claim(&event, &terms).await.unwrap() {
            assert_eq!(store.commit(&claim).await.unwrap(), Settled::Applied);
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the event is still in flight");
}

/// A claim that was never polled takes nothing.
#[tokio::test]
async fn a_claim_that_was_not_begun_is_not_made() {
    let server = Server::start();
    let store = server.fresh().await;
    let terms = Terms::new(LEASE, LEASE, 7).unwrap();
    drop(store.claim(&key(1), &terms));
    assert!(matches!(store.claim(&key(1), &terms).await.unwrap(), Outcome::Acquired(_)));
}
