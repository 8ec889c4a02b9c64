//! Sweeps.

use std::sync::Arc;

use qrhook::store::{Outcome, Settled, Store};
use sqlx::Connection;

use crate::support::{DONE, LEASE, RETENTION, Server, claim, connect, found, handle};

#[tokio::test]
async fn a_sweep_skips_what_others_hold() {
    let server = Server::start();
    let store = server.fresh().await;
    for id in 0..10 {
        handle(&store, id).await;
    }
    server.pass(RETENTION).await;
    let mut other = server.connection().await;
    let mut held = other.begin().await.unwrap();
    let lock = "SELECT FROM schema_1.qrhook_event ORDER BY forget LIMIT 4 FOR UPDATE";
    sqlx::query(lock).execute(&mut *held).await.unwrap();
    // If the sweep waited, it would fail with its lock timeout.
    assert_eq!(store.sweep(100).await.unwrap(), 6);
    held.rollback().await.unwrap();
    assert_eq!(store.sweep(3).await.unwrap(), 3);
    assert_eq!(store.sweep(3).await.unwrap(), 1);
    assert_eq!(store.sweep(3).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sweeps_at_once_share_the_work_and_spare_what_lives() {
    let server = Server::start();
    let url = server.fresh_url().await;
    let store = Arc::new(connect(&url).await);
    server
        .execute(
            "INSERT INTO schema_1.qrhook_event
            SELECT decode(md5(n::text), 'hex'), '', true, now() - interval '1 day', now() - interval '1 day', 0
            FROM generate_series(1, 5000) AS n",
        )
        .await;
    let late = claim(&store, "late").await;
    server.pass(LEASE).await;
    let open = claim(&store, "open").await;
    handle(&store, "handled").await;
    let sweeps: Vec<_> = (0..2)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.sweep(usize::MAX).await.unwrap() })
        })
        .collect();
    let mut swept = 0;
    for sweep in sweeps {
        swept += sweep.await.unwrap();
    }
    swept += store.sweep(usize::MAX).await.unwrap();
    assert_eq!(swept, 5000);
    assert_eq!(found(&store, "handled").await, DONE);
    assert_eq!(found(&store, "open").await, Outcome::InFlight);
    assert_eq!(store.commit(&open).await.unwrap(), Settled::Applied);
    assert_eq!(store.commit(&late).await.unwrap(), Settled::Applied);
}
