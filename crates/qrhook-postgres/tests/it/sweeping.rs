//! Sweeps, and what steps leave behind.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use qrhook::store::{Outcome, Settled, Store, StoreErrorKind};
use sqlx::{AssertSqlSafe, Connection, Row};

use crate::support::{DONE, LEASE, RETENTION, Server, claim, connect, found, handle, key, terms, try_claim};

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
    let started = Instant::now();
    assert_eq!(store.sweep(100).await.unwrap(), 6);
    let took = started.elapsed();
    assert!(took < Duration::from_millis(400), "{took:?}");
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
    assert_eq!(store.commit(&open).await.unwrap(), Settled::Settled);
    assert_eq!(store.commit(&late).await.unwrap(), Settled::Settled);
}

/// Where a row is, and who changed it last.
async fn versions(server: &Server) -> Vec<String> {
    let mut connection = server.connection().await;
    let rows = sqlx::query("SELECT ctid::text || xmin::text || xmax::text FROM schema_1.qrhook_event ORDER BY key")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn duplicates_write_nothing() {
    let server = Server::start();
    let store = server.fresh().await;
    handle(&store, "handled").await;
    claim(&store, "open").await;
    let before = versions(&server).await;
    for _ in 0..3 {
        assert_eq!(found(&store, "handled").await, DONE);
        assert_eq!(found(&store, "open").await, Outcome::InFlight);
    }
    assert_eq!(versions(&server).await, before);
}

/// A commit that touched an index, or went to another page, could find no room on a full disk.
#[tokio::test]
async fn a_commit_stays_on_the_page_of_its_claim() {
    let server = Server::start();
    let store = server.fresh().await;
    let mut claims = Vec::new();
    for id in 0..300 {
        claims.push(claim(&store, id).await);
    }
    for claim in &claims {
        assert_eq!(store.commit(claim).await.unwrap(), Settled::Settled);
    }
    let mut connection = server.connection().await;
    let sql = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_all_tables WHERE relname = 'qrhook_event'";
    // Sessions report within a second, or when they end.
    drop(store);
    for _ in 0..300 {
        let row = sqlx::query(sql).fetch_one(&mut connection).await.unwrap();
        let (updates, in_place): (i64, i64) = (row.get(0), row.get(1));
        if updates == 300 {
            assert!(in_place >= 290, "{in_place}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server counts no updates");
}

#[tokio::test]
async fn a_row_that_stays_locked_fails_the_step_in_time() {
    let server = Server::start();
    let store = server.fresh().await;
    let open = claim(&store, "open").await;
    let mut other = server.connection().await;
    let mut held = other.begin().await.unwrap();
    sqlx::query(AssertSqlSafe("SELECT FROM schema_1.qrhook_event FOR UPDATE")).execute(&mut *held).await.unwrap();
    let started = Instant::now();
    assert_eq!(store.commit(&open).await.unwrap_err().kind(), StoreErrorKind::Timeout);
    let took = started.elapsed();
    assert!(took < Duration::from_millis(1100), "{took:?}");
    // A claim of it reads, and others are not concerned.
    assert_eq!(found(&store, "open").await, Outcome::InFlight);
    handle(&store, "another").await;
    held.rollback().await.unwrap();
    assert_eq!(store.commit(&open).await.unwrap(), Settled::Settled);
}

#[tokio::test]
async fn a_table_that_is_locked_fails_the_step_in_time() {
    let server = Server::start();
    let store = server.fresh().await;
    let mut other = server.connection().await;
    let mut held = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE schema_1.qrhook_event").execute(&mut *held).await.unwrap();
    assert_eq!(try_claim(&store, 1).await.unwrap_err().kind(), StoreErrorKind::Timeout);
    held.rollback().await.unwrap();
    let outcome = store.claim(&key(1), &terms()).await.unwrap();
    assert!(matches!(outcome, Outcome::Acquired(_)), "{outcome:?}");
}
