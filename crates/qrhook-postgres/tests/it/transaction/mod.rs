//! The claim inside the handler's own transaction.

mod meeting;
mod shop;

use std::time::{Duration, Instant};

use qrhook::{
    MemoryStore, Receiver, Rejection, Secrets,
    qrplanet::QrPlanet,
    qrstudio::QrStudio,
    receiver::IdConflict,
    store::{Store, StoreErrorKind},
    testing::sign,
};
use qrhook_postgres::{CLAIM_IN, claim_in, commit};
use sqlx::Connection;

use crate::support::PATIENCE;

use self::shop::{
    CONFLICT, DUPLICATE, EVENT, NOW, OTHER_OCCURRENCE, RETENTION, SECRET, Shop, delivery, event, open, sell,
};

/// More than the steps take in the meantime.
const MARGIN: Duration = Duration::from_secs(3600);

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
    // A dropped transaction is rolled back when its connection is next used, or returns to the pool.
    let started = Instant::now();
    loop {
        match shop.handle(&event).await {
            Err(Rejection::InFlight) if started.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            handled => {
                assert_eq!(handled, Ok(false));
                break;
            }
        }
    }
    assert_eq!(shop.sales().await, 1);
}

#[tokio::test]
async fn an_id_is_remembered_for_its_retention() {
    let (shop, event) = (Shop::open().await, event().await);
    assert_eq!(shop.handle(&event).await, Ok(false));
    shop.server.pass(RETENTION - MARGIN).await;
    assert_eq!(shop.store.sweep(100).await.unwrap(), 0);
    assert_eq!(shop.handle(&event).await, Err(DUPLICATE));
    shop.server.pass(MARGIN).await;
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
        .with_manual_claims()
        .build()
        .unwrap();
    let request = sign::<QrPlanet>(SECRET, "event=CALL_2_ACTION_BUTTON_CLICKED&c2a=x", NOW);
    let delivery = open(&receiver, request).await;
    for _ in 0..2 {
        let mut transaction = shop.begin().await;
        assert!(!claim_in(&mut transaction, &delivery).await.unwrap().id_conflict);
        transaction.commit().await.unwrap();
    }
}

/// Runs the statement as with another driver: the SQL alone, with the values from the delivery.
#[tokio::test]
async fn the_statement_works_by_itself() {
    let (shop, event) = (Shop::open().await, event().await);
    let request = event.claim_request().unwrap().unwrap();
    for expected in ["acquired", "duplicate"] {
        let mut transaction = shop.begin().await;
        let micros = |duration: Duration| i64::try_from(duration.as_micros()).unwrap();
        let occurrence = request.terms().occurrence().cast_signed();
        let row: (String, String) = sqlx::query_as(CLAIM_IN)
            .bind(request.key().as_bytes().to_vec())
            .bind(micros(request.terms().lease()))
            .bind(micros(request.terms().retention()))
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

/// In this case the server responds to COMMIT with a rollback, and without an error.
#[tokio::test]
async fn a_transaction_that_failed_is_not_acknowledged() {
    let (shop, event) = (Shop::open().await, event().await);
    let unavailable = Rejection::Store(StoreErrorKind::Unavailable);
    let mut transaction = shop.begin().await;
    claim_in(&mut transaction, &event).await.unwrap();
    sqlx::query("SELECT 1 / 0").execute(&mut *transaction).await.unwrap_err();
    assert_eq!(commit(transaction).await, Err(unavailable.clone()));

    // A deferred constraint, which is only checked at the commit.
    sqlx::query("CREATE TABLE price (id text PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
        .execute(&shop.pool)
        .await
        .unwrap();
    let mut transaction = shop.begin().await;
    claim_in(&mut transaction, &event).await.unwrap();
    sqlx::query("INSERT INTO price VALUES ('a'), ('a')").execute(&mut *transaction).await.unwrap();
    assert_eq!(commit(transaction).await, Err(unavailable));
    assert_eq!(shop.retry(&event).await, Ok(false));
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

/// The delivery was verified without a receiver that has manual claims.
#[tokio::test]
async fn a_claim_that_is_not_left_is_refused() {
    let shop = Shop::open().await;
    let request = sign::<QrStudio>(SECRET, EVENT, NOW);
    let secrets = Secrets::one(SECRET).unwrap();
    let verified = qrhook::verify::<QrStudio>(&request.headers, request.body, &secrets, NOW).unwrap();
    assert_eq!(shop.handle(&verified).await, Err(Rejection::ClaimNotManual));
    assert_eq!(shop.sales().await, 0);
}
