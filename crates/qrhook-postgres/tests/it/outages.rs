//! Servers that stop, crash, hang and come back.

use std::sync::Arc;

use qrhook::store::{Outcome, Settled, Store, StoreErrorKind};
use qrhook_postgres::PostgresStore;
use qrhook_test_servers::Postgres;

use crate::support::{DONE, at_last, claim, connect, connect_impatiently, found, handle, patient, pool, try_claim};

async fn fails(store: &PostgresStore, kind: StoreErrorKind) {
    let error = try_claim(store, "refused").await.unwrap_err();
    assert_eq!(error.kind(), kind, "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_started_again_costs_no_step() {
    let mut postgres = Postgres::start();
    let store = Arc::new(connect(&postgres.url()).await);
    for crash in [false, true] {
        handle(&store, format!("before {crash}")).await;
        let open = claim(&store, format!("open {crash}")).await;
        // This takes several connections, all of which are dead after the outage.
        let tasks: Vec<_> = (0..8)
            .map(|id| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { handle(&store, format!("{crash} {id}")).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        if crash {
            postgres.kill();
        } else {
            postgres.stop();
        }
        fails(&store, StoreErrorKind::Unavailable).await;
        postgres.start_again();
        assert_eq!(found(&store, format!("before {crash}")).await, DONE);
        assert_eq!(found(&store, format!("open {crash}")).await, Outcome::InFlight);
        assert_eq!(store.commit(&open).await.unwrap(), Settled::Applied);
    }
}

/// There is no step during the outage that could have noticed it.
#[tokio::test]
async fn a_restart_that_nobody_noticed_costs_no_step() {
    let mut postgres = Postgres::start();
    let store = connect(&postgres.url()).await;
    let pool = pool(3).connect(&postgres.url()).await.unwrap();
    let pooled = patient().connect_with(pool).await.unwrap();
    for (round, crash) in [false, true].into_iter().enumerate() {
        handle(&store, format!("before {round}")).await;
        // This takes several connections, all of which are dead after the outage.
        let several = |id: u8| handle(&pooled, format!("pooled {round} {id}"));
        tokio::join!(several(0), several(1), several(2));
        if crash {
            postgres.kill();
        } else {
            postgres.stop();
        }
        postgres.start_again();
        let claimed = claim(&store, format!("after {round}")).await;
        assert_eq!(store.commit(&claimed).await.unwrap(), Settled::Applied);
        handle(&pooled, format!("pooled after {round}")).await;
    }
}

#[tokio::test]
async fn a_server_that_hangs_and_goes_on() {
    let postgres = Postgres::start();
    let patient = connect(&postgres.url()).await;
    handle(&patient, "before").await;
    let open = claim(&patient, "open").await;
    let store = connect_impatiently(&postgres.url()).await;
    postgres.pause();
    for _ in 0..3 {
        fails(&store, StoreErrorKind::Timeout).await;
    }
    assert_eq!(store.commit(&open).await.unwrap_err().kind(), StoreErrorKind::Timeout);
    postgres.resume();
    assert_eq!(at_last(async || store.commit(&open).await).await, Settled::Applied);
    assert_eq!(at_last(async || try_claim(&store, "before").await).await, DONE);
    assert_eq!(at_last(async || try_claim(&store, "open").await).await, DONE);
}

#[tokio::test]
async fn a_pool_that_cannot_connect_fails_in_time() {
    let mut postgres = Postgres::start();
    let pool = pool(3).connect(&postgres.url()).await.unwrap();
    let store = PostgresStore::with_pool(pool).await.unwrap();
    handle(&connect(&postgres.url()).await, "before").await;
    postgres.pause();
    fails(&store, StoreErrorKind::Timeout).await;
    postgres.resume();
    assert_eq!(at_last(async || try_claim(&store, "before").await).await, DONE);
    postgres.stop();
    // Such a pool waits for its server until the time limit.
    fails(&store, StoreErrorKind::Timeout).await;
    postgres.start_again();
    assert_eq!(at_last(async || try_claim(&store, "before").await).await, DONE);
}

#[tokio::test]
async fn more_steps_than_connections_wait_for_their_turn() {
    let postgres = Postgres::start();
    let store = patient().with_max_connections(2).connect(&postgres.url()).await.unwrap();
    let store = Arc::new(store);
    let tasks: Vec<_> = (0..64)
        .map(|id| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { handle(&store, id).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn a_store_outlives_the_runtime_it_was_made_on() {
    let postgres = Postgres::start();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime().block_on(async {
        let store = connect(&postgres.url()).await;
        handle(&store, 1).await;
        store
    });
    runtime().block_on(async {
        assert_eq!(found(&store, 1).await, DONE);
        handle(&store, 2).await;
    });
    drop(store);
}
