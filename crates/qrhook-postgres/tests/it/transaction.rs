//! The claim inside a transaction of the handler's own.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use http::Method;
use qrhook::{
    Delivery, MemoryStore, Receiver, Rejection, Secrets, UnixTime,
    qrplanet::QrPlanet,
    qrstudio::QrStudio,
    receiver::{Host, IdConflict},
    store::{Outcome, Settled, Store, StoreErrorKind},
    testing::{ManualClock, sign},
};
use qrhook_postgres::{CLAIM_IN, PostgresStore, claim_in, commit};
use sqlx::{Connection, PgConnection, PgPool, Postgres, Transaction, postgres::PgPoolOptions};

use crate::support::{Server, connect};

const SECRET: &str = "whsec_test";
const NOW: UnixTime = UnixTime::from_secs(1_778_335_283);
const RETENTION: Duration = Duration::from_secs(5 * 3600);
const EVENT: &str = r#"{"id":"evt_1","type":"t","created_at":"2026-05-09T14:01:23Z"}"#;
const OTHER_OCCURRENCE: &str = r#"{"id":"evt_1","type":"t","created_at":"2026-05-10T14:01:23Z"}"#;
const DUPLICATE: Rejection = Rejection::Duplicate { id_conflict: false };
const CONFLICT: Rejection = Rejection::Duplicate { id_conflict: true };

struct Tokio;

impl Host for Tokio {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}

/// What a handler gets under a receiver that leaves the claim to it.
async fn delivery(body: &'static str, id_conflict: IdConflict) -> Arc<Delivery<QrStudio>> {
    let receiver = Receiver::<QrStudio>::builder("test", Secrets::one(SECRET).unwrap(), MemoryStore::new())
        .with_clock(ManualClock::at(NOW))
        .with_retention(RETENTION)
        .with_id_conflict(id_conflict)
        .with_claims_left_to_the_handler()
        .build()
        .unwrap();
    let request = sign::<QrStudio>(SECRET, body, NOW);
    let mut intake = receiver.begin(&Method::POST, &request.headers, Tokio.now()).unwrap();
    intake.push(request.body).unwrap();
    let opened = receiver.accept(intake).unwrap().open(&Tokio).await.unwrap();
    Arc::clone(opened.delivery())
}

/// A handler's own database, with the store's tables in it.
struct Shop {
    server: Server,
    pool: PgPool,
    store: PostgresStore,
}

impl Shop {
    async fn open() -> Self {
        let server = Server::start();
        let url = server.fresh_url().await;
        let store = connect(&url).await;
        let pool = PgPoolOptions::new().max_connections(60).connect(&url).await.unwrap();
        sqlx::query("CREATE TABLE sale (id text)").execute(&pool).await.unwrap();
        Self { server, pool, store }
    }

    async fn begin(&self) -> Transaction<'static, Postgres> {
        self.pool.begin().await.unwrap()
    }

    async fn sales(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM sale").fetch_one(&self.pool).await.unwrap()
    }

    /// The handler as the documentation has it.
    async fn handle(&self, delivery: &Delivery<QrStudio>) -> Result<bool, Rejection> {
        let mut transaction = self.begin().await;
        let claimed = claim_in(&mut transaction, delivery).await?;
        sell(&mut transaction).await;
        commit(transaction).await?;
        Ok(claimed.id_conflict)
    }
}

async fn sell(transaction: &mut Transaction<'_, Postgres>) {
    sqlx::query("INSERT INTO sale (id) VALUES ('evt_1')").execute(&mut **transaction).await.unwrap();
}

async fn event() -> Arc<Delivery<QrStudio>> {
    delivery(EVENT, IdConflict::Duplicate).await
}

#[tokio::test]
async fn the_id_and_the_writes_commit_together() {
    let (shop, event) = (Shop::open().await, event().await);
    let mut transaction = shop.begin().await;
    assert!(!claim_in(&mut transaction, &event).await.unwrap().id_conflict);
    sell(&mut transaction).await;
    assert_eq!(claim_in(&mut shop.begin().await, &event).await, Err(Rejection::InFlight));
    transaction.commit().await.unwrap();
    assert_eq!(shop.handle(&event).await, Err(DUPLICATE));
    assert_eq!(shop.sales().await, 1);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    let (shop, event) = (Shop::open().await, event().await);
    for dies in [false, true] {
        let mut transaction = shop.begin().await;
        claim_in(&mut transaction, &event).await.unwrap();
        sell(&mut transaction).await;
        if dies {
            let end = "SELECT pg_terminate_backend(pg_backend_pid())";
            sqlx::query(end).execute(&mut *transaction).await.unwrap_err();
        }
        drop(transaction);
        assert_eq!(shop.sales().await, 0);
    }
    // A transaction that is dropped is rolled back when its connection is used next, or is back in the pool.
    let handled = loop {
        match shop.handle(&event).await {
            Err(Rejection::InFlight) => tokio::time::sleep(Duration::from_millis(10)).await,
            handled => break handled,
        }
    };
    assert_eq!(handled, Ok(false));
    assert_eq!(shop.sales().await, 1);
}

#[tokio::test]
async fn in_flight_is_found_at_once_and_spoils_nothing() {
    let (shop, event) = (Shop::open().await, event().await);
    let mut first = shop.begin().await;
    claim_in(&mut first, &event).await.unwrap();
    let mut second = shop.begin().await;
    let started = Instant::now();
    assert_eq!(claim_in(&mut second, &event).await, Err(Rejection::InFlight));
    let took = started.elapsed();
    assert!(took < Duration::from_millis(200), "{took:?}");
    // The transaction goes on, and when the first is given up, it can claim the event.
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
    let request = *event.claim_request().unwrap();
    let claim = || shop.store.claim(request.key(), request.terms());

    let Outcome::Acquired(held) = claim().await.unwrap() else { panic!("nobody has it") };
    assert_eq!(shop.handle(&event).await, Err(Rejection::InFlight));
    assert_eq!(shop.store.release(&held).await.unwrap(), Settled::Settled);

    let mut transaction = shop.begin().await;
    claim_in(&mut transaction, &event).await.unwrap();
    let started = Instant::now();
    assert_eq!(claim().await.unwrap(), Outcome::InFlight);
    let took = started.elapsed();
    assert!(took < Duration::from_millis(200), "{took:?}");
    assert_eq!(shop.store.release(&held).await.unwrap(), Settled::Settled, "there is nothing to see yet");
    transaction.commit().await.unwrap();
    assert_eq!(claim().await.unwrap(), Outcome::Done { same_occurrence: true });
    assert_eq!(shop.store.commit(&held).await.unwrap(), Settled::Lost);

    shop.server.pass(RETENTION).await;
    let Outcome::Acquired(held) = claim().await.unwrap() else { panic!("its retention is over") };
    assert_eq!(shop.store.commit(&held).await.unwrap(), Settled::Settled);
    assert_eq!(shop.handle(&event).await, Err(DUPLICATE));

    shop.server.pass(RETENTION).await;
    let Outcome::Acquired(late) = claim().await.unwrap() else { panic!("its retention is over") };
    shop.server.pass(request.terms().lease()).await;
    assert_eq!(shop.handle(&event).await, Ok(false), "the lease is over");
    assert_eq!(shop.store.commit(&late).await.unwrap(), Settled::Lost);
}

#[tokio::test]
async fn an_id_is_remembered_for_its_retention() {
    let (shop, event) = (Shop::open().await, event().await);
    assert_eq!(shop.handle(&event).await, Ok(false));
    shop.server.pass(RETENTION - Duration::from_secs(60)).await;
    assert_eq!(shop.store.sweep(100).await.unwrap(), 0);
    assert_eq!(shop.handle(&event).await, Err(DUPLICATE));
    shop.server.pass(Duration::from_secs(60)).await;
    assert_eq!(shop.handle(&event).await, Ok(false));
    shop.server.pass(RETENTION).await;
    assert_eq!(shop.store.sweep(100).await.unwrap(), 1);
    assert_eq!(shop.handle(&event).await, Ok(false));
}

#[tokio::test]
async fn an_id_with_another_occurrence_is_a_duplicate_or_is_delivered_once() {
    let shop = Shop::open().await;
    assert_eq!(shop.handle(&*event().await).await, Ok(false));
    assert_eq!(shop.handle(&*delivery(OTHER_OCCURRENCE, IdConflict::Duplicate).await).await, Err(CONFLICT));
    let other = delivery(OTHER_OCCURRENCE, IdConflict::Deliver).await;
    assert_eq!(shop.handle(&other).await, Ok(true));
    assert_eq!(shop.handle(&other).await, Err(DUPLICATE));
    assert_eq!(shop.handle(&*delivery(EVENT, IdConflict::Deliver).await).await, Err(DUPLICATE));
    assert_eq!(shop.sales().await, 2);
}

#[tokio::test]
async fn an_event_that_is_not_deduplicated_is_always_claimed() {
    let shop = Shop::open().await;
    let receiver = Receiver::<QrPlanet>::builder("test", Secrets::one(SECRET).unwrap(), MemoryStore::new())
        .with_claims_left_to_the_handler()
        .build()
        .unwrap();
    let request = sign::<QrPlanet>(SECRET, "event=CALL_2_ACTION_BUTTON_CLICKED&c2a=x", NOW);
    let mut intake = receiver.begin(&Method::POST, &request.headers, Tokio.now()).unwrap();
    intake.push(request.body).unwrap();
    let opened = receiver.accept(intake).unwrap().open(&Tokio).await.unwrap();
    for _ in 0..2 {
        let mut transaction = shop.begin().await;
        assert!(!claim_in(&mut transaction, opened.delivery()).await.unwrap().id_conflict);
        transaction.commit().await.unwrap();
    }
}

#[tokio::test]
async fn every_isolation_level_will_do() {
    let (shop, event) = (Shop::open().await, event().await);
    for level in ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] {
        let begin = async || {
            let mut transaction = shop.begin().await;
            let sql = sqlx::AssertSqlSafe(format!("SET TRANSACTION ISOLATION LEVEL {level}"));
            sqlx::query(sql).execute(&mut *transaction).await.unwrap();
            // Its snapshot is from now on.
            sqlx::query("SELECT count(*) FROM sale").execute(&mut *transaction).await.unwrap();
            transaction
        };
        let (mut early, mut late) = (begin().await, begin().await);
        claim_in(&mut early, &event).await.unwrap();
        sell(&mut early).await;
        let mut third = begin().await;
        assert_eq!(claim_in(&mut third, &event).await, Err(Rejection::InFlight), "{level}");
        early.commit().await.unwrap();
        // Where it cannot be seen what was handled, it is not handled again; the sender's next try finds it.
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
    let started = Instant::now();
    assert_eq!(shop.handle(&event).await, Err(Rejection::InFlight));
    let took = started.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
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

/// As somebody on another driver does: the text alone, with the values from the delivery.
#[tokio::test]
async fn the_statement_works_by_itself() {
    let (shop, event) = (Shop::open().await, event().await);
    let request = event.claim_request().unwrap();
    for expected in ["acquired", "duplicate"] {
        let mut transaction = shop.begin().await;
        let micros = i64::try_from(request.terms().retention().as_micros()).unwrap();
        let occurrence = request.terms().occurrence().cast_signed();
        let row: (String, String) = sqlx::query_as(CLAIM_IN)
            .bind(request.key().as_bytes().to_vec())
            .bind(micros)
            .bind(occurrence)
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        assert_eq!(row.0, expected);
        transaction.commit().await.unwrap();
    }
    assert_eq!(shop.handle(&event).await, Err(DUPLICATE));
}

#[tokio::test]
async fn a_database_without_the_tables_fails_the_claim() {
    let (shop, event) = (Shop::open().await, event().await);
    let mut connection = shop.server.connection().await;
    let mut transaction = connection.begin().await.unwrap();
    let unavailable = Rejection::Store(StoreErrorKind::Unavailable);
    assert_eq!(claim_in(&mut transaction, &event).await, Err(unavailable));
}

/// The server answers COMMIT with a rollback then, and with no error.
#[tokio::test]
async fn a_transaction_that_failed_is_not_acknowledged() {
    let (shop, event) = (Shop::open().await, event().await);
    let unavailable = Rejection::Store(StoreErrorKind::Unavailable);
    let mut transaction = shop.begin().await;
    claim_in(&mut transaction, &event).await.unwrap();
    sqlx::query("SELECT 1 / 0").execute(&mut *transaction).await.unwrap_err();
    assert_eq!(commit(transaction).await, Err(unavailable.clone()));

    // What is only checked at the end.
    sqlx::query("CREATE TABLE price (id text PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
        .execute(&shop.pool)
        .await
        .unwrap();
    let mut transaction = shop.begin().await;
    claim_in(&mut transaction, &event).await.unwrap();
    sqlx::query("INSERT INTO price VALUES ('a'), ('a')").execute(&mut *transaction).await.unwrap();
    assert_eq!(commit(transaction).await, Err(unavailable));
    assert_eq!(shop.handle(&event).await, Ok(false));
}

#[tokio::test]
async fn a_server_that_crashes_under_the_commit_gets_the_event_again() {
    let (mut shop, event) = (Shop::open().await, event().await);
    let mut transaction = shop.begin().await;
    claim_in(&mut transaction, &event).await.unwrap();
    sell(&mut transaction).await;
    shop.server.postgres.kill();
    let unavailable = Rejection::Store(StoreErrorKind::Unavailable);
    assert_eq!(commit(transaction).await, Err(unavailable));
    shop.server.postgres.start_again();
    assert_eq!(shop.handle(&event).await, Ok(false));
    assert_eq!(shop.handle(&event).await, Err(DUPLICATE));
    assert_eq!(shop.sales().await, 1);
}
