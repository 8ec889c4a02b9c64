//! Steps that run into locks, and into each other.

use std::sync::Arc;

use qrhook::store::{Outcome, Settled, Store, StoreErrorKind};
use qrhook_postgres::PostgresStore;
use sqlx::{Connection, PgConnection, Postgres, Transaction};

use crate::support::{
    DONE, Server, claim, connect, connect_impatiently, found, handle, key, patient, pool, terms, try_claim, wait_for,
};

const LOCK: &str = "SELECT FROM schema_1.qrhook_event FOR UPDATE";

#[tokio::test]
async fn a_row_that_stays_locked_fails_the_step_in_time() {
    let server = Server::start();
    let url = server.fresh_url().await;
    let (store, impatient) = (connect(&url).await, connect_impatiently(&url).await);
    let open = claim(&store, "open").await;
    let mut other = server.connection().await;
    let mut held = other.begin().await.unwrap();
    sqlx::query(LOCK).execute(&mut *held).await.unwrap();
    assert_eq!(impatient.commit(&open).await.unwrap_err().kind(), StoreErrorKind::Timeout);
    // A claim of the same event only reads, and other events are not affected.
    assert_eq!(found(&store, "open").await, Outcome::InFlight);
    handle(&store, "another").await;
    held.rollback().await.unwrap();
    assert_eq!(store.commit(&open).await.unwrap(), Settled::Applied);
}

#[tokio::test]
async fn a_table_that_is_locked_fails_the_step_in_time() {
    let server = Server::start();
    let url = server.fresh_url().await;
    let (store, impatient) = (connect(&url).await, connect_impatiently(&url).await);
    let mut other = server.connection().await;
    let mut held = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE schema_1.qrhook_event").execute(&mut *held).await.unwrap();
    assert_eq!(try_claim(&impatient, 1).await.unwrap_err().kind(), StoreErrorKind::Timeout);
    held.rollback().await.unwrap();
    let outcome = store.claim(&key(1), &terms()).await.unwrap();
    assert!(matches!(outcome, Outcome::Acquired(_)), "{outcome:?}");
}

async fn hold(connection: &mut PgConnection) -> Transaction<'_, Postgres> {
    let mut held = connection.begin().await.unwrap();
    sqlx::query(LOCK).execute(&mut *held).await.unwrap();
    held
}

/// As if the reply to a commit is late, and the commit is repeated while the server still works on the first one.
#[tokio::test]
async fn a_step_that_meets_its_own_repeat_succeeds_twice() {
    let server = Server::start();
    let store = Arc::new(server.fresh().await);
    let (mut other, mut watcher) = (server.connection().await, server.connection().await);
    for (id, commits) in [("commits", true), ("releases", false)] {
        let open = claim(&store, id).await;
        let held = hold(&mut other).await;
        let settling = async |store: Arc<PostgresStore>| {
            if commits { store.commit(&open).await } else { store.release(&open).await }
        };
        let watching = async {
            wait_for(&mut watcher, 2).await;
            held.rollback().await.unwrap();
        };
        let (first, second, ()) = tokio::join!(settling(Arc::clone(&store)), settling(Arc::clone(&store)), watching);
        assert_eq!(first.unwrap(), Settled::Applied, "{id}");
        assert_eq!(second.unwrap(), Settled::Applied, "{id}");
    }
    assert_eq!(found(&store, "commits").await, DONE);
    claim(&store, "releases").await;
}

#[tokio::test]
async fn a_connection_that_is_ended_under_a_step_costs_no_step() {
    let server = Server::start();
    let store = server.fresh().await;
    handle(&store, "before").await;
    let (mut other, mut watcher) = (server.connection().await, server.connection().await);
    let open = claim(&store, "open").await;
    let held = hold(&mut other).await;
    let ending = async {
        let waiting = wait_for(&mut watcher, 1).await;
        sqlx::query("SELECT pg_terminate_backend($1)").bind(waiting[0]).execute(&mut watcher).await.unwrap();
        held.rollback().await.unwrap();
    };
    let (settled, ()) = tokio::join!(store.commit(&open), ending);
    assert_eq!(settled.unwrap(), Settled::Applied);
}

/// A dropped step leaves its connection in the middle of a statement.
#[tokio::test]
async fn a_step_that_is_dropped_disturbs_no_other() {
    let server = Server::start();
    let store = server.fresh().await;
    let open = claim(&store, "open").await;
    let (mut other, mut watcher) = (server.connection().await, server.connection().await);
    let held = hold(&mut other).await;
    tokio::select! {
        settled = store.commit(&open) => panic!("{settled:?}"),
        _ = wait_for(&mut watcher, 1) => {}
    }
    assert_eq!(found(&store, "open").await, Outcome::InFlight);
    held.rollback().await.unwrap();
    assert_eq!(store.commit(&open).await.unwrap(), Settled::Applied);
}

/// Another session writes a record without taking the lock, and the record becomes visible after the claim began.
#[tokio::test]
async fn a_record_that_comes_to_be_meanwhile_is_found() {
    let server = Server::start();
    let url = server.fresh_url().await;
    let stricter = format!("{url}%20-c%20default_transaction_isolation%3Dserializable");
    let pool = pool(10).connect(&stricter).await.unwrap();
    let stores = [connect(&url).await, patient().connect_with(pool).await.unwrap()];
    let (mut other, mut watcher) = (server.connection().await, server.connection().await);
    for (id, store) in stores.iter().enumerate() {
        let mut writing = other.begin().await.unwrap();
        let write = "INSERT INTO schema_1.qrhook_event
            VALUES ($1, '', true, now() + interval '1 day', now() + interval '1 day', 7)";
        sqlx::query(write).bind(key(id).as_bytes().to_vec()).execute(&mut *writing).await.unwrap();
        let known = async {
            wait_for(&mut watcher, 1).await;
            writing.commit().await.unwrap();
        };
        let (outcome, ()) = tokio::join!(found(store, id), known);
        assert_eq!(outcome, DONE, "{id}");
    }
}
