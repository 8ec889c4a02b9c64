//! Transactions that conflict with each other, or with the store.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use qrhook::{
    Rejection,
    store::{Outcome, Settled, Store},
};
use qrhook_postgres::{claim_in, commit};
use sqlx::{Connection, PgConnection};

use super::shop::{DUPLICATE, RETENTION, SHORT_LEASE, Shop, event, sell, short_lease};
use crate::support::{PATIENCE, wait_for};

#[tokio::test]
async fn in_flight_is_found_at_once_and_spoils_nothing() {
    let (shop, event) = (Shop::open().await, event().await);
    let mut first = shop.begin().await;
    claim_in(&mut first, &event).await.unwrap();
    let mut second = shop.begin().await;
    assert_eq!(claim_in(&mut second, &event).await, Err(Rejection::InFlight));
    // A transaction that ran into its lock timeout would be aborted. This one continues, and can claim the event once
    // the first is rolled back.
    sell(&mut second).await;
    first.rollback().await.unwrap();
    claim_in(&mut second, &event).await.unwrap();
    second.commit().await.unwrap();
    assert_eq!(shop.sales().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_have_one_winner() {
    let (shop, event) = (Arc::new(Shop::open().await), event().await);
    let handlers: Vec<_> = (0..50)
        .map(|_| {
            let (shop, event) = (Arc::clone(&shop), Arc::clone(&event));
            tokio::spawn(async move { shop.handle(&event).await })
        })
        .collect();
    let mut handled = 0;
    for handler in handlers {
        match handler.await.unwrap() {
            Ok(false) => handled += 1,
            Err(DUPLICATE | Rejection::InFlight) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((handled, shop.sales().await), (1, 1));
}

#[tokio::test]
async fn the_store_and_the_transactions_know_of_each_other() {
    let (shop, event) = (Shop::open().await, event().await);
    let request = *event.claim_request().unwrap().unwrap();
    let claim = || shop.store.claim(request.key(), request.terms());

    let Outcome::Acquired(held) = claim().await.unwrap() else { panic!("the event is new") };
    assert_eq!(shop.handle(&event).await, Err(Rejection::InFlight));
    assert_eq!(shop.store.release(&held).await.unwrap(), Settled::Applied);

    let mut transaction = shop.begin().await;
    claim_in(&mut transaction, &event).await.unwrap();
    // If this claim waited, it would fail with its lock timeout.
    assert_eq!(claim().await.unwrap(), Outcome::InFlight);
    assert_eq!(shop.store.release(&held).await.unwrap(), Settled::Applied, "the transaction is not visible yet");
    transaction.commit().await.unwrap();
    assert_eq!(claim().await.unwrap(), Outcome::Done { same_occurrence: true });
    assert_eq!(shop.store.commit(&held).await.unwrap(), Settled::Lost);

    shop.server.pass(RETENTION).await;
    let Outcome::Acquired(held) = claim().await.unwrap() else { panic!("its retention is over") };
    assert_eq!(shop.store.commit(&held).await.unwrap(), Settled::Applied);
    assert_eq!(shop.handle(&event).await, Err(DUPLICATE));

    shop.server.pass(RETENTION).await;
    let Outcome::Acquired(late) = claim().await.unwrap() else { panic!("its retention is over") };
    shop.server.pass(request.terms().lease()).await;
    assert_eq!(shop.handle(&event).await, Ok(false), "the lease is over");
    assert_eq!(shop.store.commit(&late).await.unwrap(), Settled::Lost);
}

#[tokio::test]
async fn every_isolation_level_will_do() {
    let (shop, event) = (Shop::open().await, event().await);
    for level in ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] {
        let begin = async || {
            let mut transaction = shop.begin().await;
            let sql = sqlx::AssertSqlSafe(format!("SET TRANSACTION ISOLATION LEVEL {level}"));
            sqlx::query(sql).execute(&mut *transaction).await.unwrap();
            // This statement takes the snapshot.
            sqlx::query("SELECT count(*) FROM sale").execute(&mut *transaction).await.unwrap();
            transaction
        };
        let (mut early, mut late) = (begin().await, begin().await);
        claim_in(&mut early, &event).await.unwrap();
        sell(&mut early).await;
        let mut third = begin().await;
        assert_eq!(claim_in(&mut third, &event).await, Err(Rejection::InFlight), "{level}");
        early.commit().await.unwrap();
        // A transaction that cannot see the handled event does not handle it again; the sender's next attempt finds it.
        let expected = if level == "READ COMMITTED" { DUPLICATE } else { Rejection::InFlight };
        assert_eq!(claim_in(&mut late, &event).await, Err(expected), "{level}");
        drop((late, third));
        assert_eq!(claim_in(&mut begin().await, &event).await, Err(DUPLICATE), "{level}");
        shop.server.pass(RETENTION).await;
    }
    assert_eq!(shop.sales().await, 3);
}

#[tokio::test]
async fn a_savepoint_takes_the_claim_with_it() {
    let (shop, event) = (Shop::open().await, event().await);
    let mut transaction = shop.begin().await;
    let mut savepoint = transaction.begin().await.unwrap();
    claim_in(&mut savepoint, &event).await.unwrap();
    savepoint.rollback().await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(shop.handle(&event).await, Ok(false));
}

#[tokio::test]
async fn a_row_that_somebody_holds_is_not_waited_for_long() {
    let (shop, event) = (Shop::open().await, event().await);
    assert_eq!(shop.handle(&event).await, Ok(false));
    shop.server.pass(RETENTION).await;
    let mut other = shop.begin().await;
    sqlx::query("SELECT FROM qrhook_event FOR UPDATE").execute(&mut *other).await.unwrap();
    // Without the lock timeout it would wait forever.
    assert_eq!(shop.handle(&event).await, Err(Rejection::InFlight));
    drop(other);
}

#[tokio::test]
async fn the_settings_of_the_transaction_stay_as_they_are() {
    let (shop, event) = (Shop::open().await, event().await);
    let url = shop.server.last_url();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let lock_timeout = async |connection: &mut PgConnection| -> String {
        sqlx::query_scalar("SELECT current_setting('lock_timeout')").fetch_one(connection).await.unwrap()
    };
    sqlx::query("SET lock_timeout = '7s'").execute(&mut connection).await.unwrap();
    for handled in [false, true] {
        let mut transaction = connection.begin().await.unwrap();
        sqlx::query("SET LOCAL lock_timeout = '3s'").execute(&mut *transaction).await.unwrap();
        assert_eq!(claim_in(&mut transaction, &event).await.is_err(), handled);
        assert_eq!(lock_timeout(&mut transaction).await, "3s");
        transaction.commit().await.unwrap();
        assert_eq!(lock_timeout(&mut connection).await, "7s");
    }
}

/// Another session writes a record without taking the lock, and the record becomes visible after the claim began.
#[tokio::test]
async fn a_record_that_comes_to_be_meanwhile_is_found() {
    let (shop, event) = (Shop::open().await, event().await);
    let request = event.claim_request().unwrap().unwrap();
    let (key, occurrence) = (request.key().as_bytes().to_vec(), request.terms().occurrence().cast_signed());
    let mut watcher = shop.server.connection().await;
    // Repeated, because on a busy machine the lock timeout of 250 ms may end the claim first, which proves nothing.
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        let mut writing = shop.begin().await;
        let write =
            "INSERT INTO qrhook_event VALUES ($1, '', true, now() + interval '1 day', now() + interval '1 day', $2)";
        sqlx::query(write).bind(&key).bind(occurrence).execute(&mut *writing).await.unwrap();
        let known = async {
            wait_for(&mut watcher, 1).await;
            writing.commit().await.unwrap();
        };
        match tokio::join!(shop.handle(&event), known).0 {
            Err(DUPLICATE) => return,
            Err(Rejection::InFlight) => {}
            other => panic!("{other:?}"),
        }
        shop.server.execute("DELETE FROM schema_1.qrhook_event").await;
    }
    panic!("the record is never found");
}

/// As if the program's machine lost power, or the program hangs: the server is not told.
#[tokio::test]
async fn a_transaction_that_stays_idle_ends_with_the_lease() {
    let shop = Shop::open().await;
    let event = short_lease().await;
    let mut forgotten = shop.begin().await;
    // Before the claim, because the server may end the session at any time after it.
    sell(&mut forgotten).await;
    let claimed = Instant::now();
    claim_in(&mut forgotten, &event).await.unwrap();
    while shop.handle(&event).await != Ok(false) {
        assert!(claimed.elapsed() < PATIENCE, "the event is held forever");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(claimed.elapsed() >= SHORT_LEASE, "the event was not held for the lease");
    sqlx::query("SELECT").execute(&mut *forgotten).await.unwrap_err();
    assert_eq!(shop.sales().await, 1);
}

/// As in a program where two independent functions both claim the event.
#[tokio::test]
async fn a_transaction_that_claims_twice_has_it() {
    let (shop, event) = (Shop::open().await, event().await);
    let mut transaction = shop.begin().await;
    for _ in 0..2 {
        assert!(!claim_in(&mut transaction, &event).await.unwrap().id_conflict);
    }
    let mut savepoint = transaction.begin().await.unwrap();
    claim_in(&mut savepoint, &event).await.unwrap();
    savepoint.commit().await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(shop.handle(&event).await, Err(DUPLICATE));
}

/// The server itself reports its settings.
#[tokio::test]
async fn what_is_acknowledged_is_on_the_disk() {
    let (shop, event) = (Shop::open().await, event().await);
    let mut connection = PgConnection::connect(&shop.server.last_url()).await.unwrap();
    let settings = async |connection: &mut PgConnection| -> (String, String) {
        let sql =
            "SELECT current_setting('synchronous_commit'), current_setting('idle_in_transaction_session_timeout')";
        sqlx::query_as(sql).fetch_one(connection).await.unwrap()
    };
    let cases = [("off", "0", "on", "1h"), ("remote_apply", "7s", "remote_apply", "7s"), ("off", "2h", "on", "1h")];
    for (commit, idle, commit_within, idle_within) in cases {
        let set = format!("SET synchronous_commit = {commit}; SET idle_in_transaction_session_timeout = '{idle}'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(set)).execute(&mut connection).await.unwrap();
        let mut transaction = connection.begin().await.unwrap();
        claim_in(&mut transaction, &event).await.unwrap();
        assert_eq!(settings(&mut transaction).await, (commit_within.to_owned(), idle_within.to_owned()));
        transaction.rollback().await.unwrap();
        assert_eq!(settings(&mut connection).await, (commit.to_owned(), idle.to_owned()));
    }
}

#[tokio::test]
async fn a_commit_that_met_another_is_in_flight() {
    let (shop, event) = (Shop::open().await, event().await);
    let begin = async || {
        let mut transaction = shop.begin().await;
        sqlx::query("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").execute(&mut *transaction).await.unwrap();
        sqlx::query("SELECT count(*) FROM sale").execute(&mut *transaction).await.unwrap();
        transaction
    };
    let (mut ours, mut theirs) = (begin().await, begin().await);
    claim_in(&mut ours, &event).await.unwrap();
    sell(&mut ours).await;
    sell(&mut theirs).await;
    theirs.commit().await.unwrap();
    assert_eq!(commit(ours).await, Err(Rejection::InFlight), "each transaction read without the other's sale");
    assert_eq!(shop.handle(&event).await, Ok(false));
}
