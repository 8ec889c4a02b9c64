//! The records on the server.

use std::{sync::Arc, time::Duration};

use qrhook::store::{Outcome, Settled, Store, Terms};
use qrhook_redis::RedisStore;
use qrhook_test_servers::Redis;
use tokio::task::JoinSet;

use crate::support::{DONE, LEASE, RETENTION, age, claim, connect, found, handle, key, patient, try_claim};

fn number(answer: &str) -> i64 {
    answer.strip_prefix(':').unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_record_ends_by_itself_and_holds_no_id() {
    let redis = Redis::start();
    let store = connect(&redis).await;
    let name = format!("qrhook:{}", key("evt_1"));
    let left = || Duration::from_millis(number(&redis.command(&["PTTL", &name])).try_into().unwrap());

    let open = claim(&store, "evt_1").await;
    assert_eq!(redis.command(&["DBSIZE"]), ":1");
    assert_eq!(redis.command(&["TYPE", &name]), "+hash");
    assert_eq!(redis.command(&["HLEN", &name]), ":3");
    assert_eq!(redis.command(&["HSTRLEN", &name, "owner"]), ":16");
    // Long enough for a late commit.
    assert!(left() > RETENTION && left() <= RETENTION + LEASE, "{:?}", left());

    store.commit(&open).await.unwrap();
    assert_eq!(redis.command(&["HLEN", &name]), ":2");
    assert!(left() > RETENTION - LEASE && left() <= RETENTION, "{:?}", left());
    age(&redis, LEASE);
    store.commit(&open).await.unwrap();
    assert!(left() <= RETENTION - LEASE, "a repeated commit moves the end: {:?}", left());

    let released = claim(&store, "evt_2").await;
    store.release(&released).await.unwrap();
    assert_eq!(redis.command(&["DBSIZE"]), ":1");
    age(&redis, RETENTION);
    assert_eq!(redis.command(&["DBSIZE"]), ":0");
}

#[tokio::test]
async fn programs_share_what_has_the_same_prefix() {
    let redis = Redis::start();
    let (one, other) = (connect(&redis).await, connect(&redis).await);
    let apart = patient().with_prefix("another:").connect(&redis.url()).await.unwrap();
    let open = claim(&one, "event").await;
    assert_eq!(found(&other, "event").await, Outcome::InFlight);
    assert_eq!(other.commit(&open).await.unwrap(), Settled::Applied);
    assert_eq!(found(&one, "event").await, DONE);
    claim(&apart, "event").await;
}

#[tokio::test]
async fn a_server_that_forgot_the_scripts_is_told_again() {
    let redis = Redis::start();
    let store = connect(&redis).await;
    let open = claim(&store, "event").await;
    let released = claim(&store, "released").await;
    for _ in 0..2 {
        assert_eq!(redis.command(&["SCRIPT", "FLUSH"]), "+OK");
        assert_eq!(store.commit(&open).await.unwrap(), Settled::Applied);
        assert_eq!(store.release(&released).await.unwrap(), Settled::Applied);
        assert_eq!(found(&store, "event").await, DONE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_handle_each_event_once() {
    let redis = Redis::start();
    let store = Arc::new(connect(&redis).await);
    let mut tasks = JoinSet::new();
    for task in 0..64 {
        let store: Arc<RedisStore> = Arc::clone(&store);
        tasks.spawn(async move {
            let mut handled = 0;
            for number in 0..100 {
                // All tasks claim every event, each in a different order.
                let event = (number * 7 + task) % 100;
                match found(&store, event).await {
                    Outcome::Acquired(claim) => {
                        assert_eq!(store.commit(&claim).await.unwrap(), Settled::Applied);
                        handled += 1;
                    }
                    Outcome::InFlight | Outcome::Done { same_occurrence: true } => {}
                    other => panic!("{other:?}"),
                }
            }
            handled
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<i32>(), 100);
    for event in 0..100 {
        assert_eq!(found(&store, event).await, DONE);
    }
}

#[tokio::test]
async fn something_else_at_the_key_is_left_alone() {
    let redis = Redis::start();
    let store = connect(&redis).await;
    let name = format!("qrhook:{}", key("event"));
    assert_eq!(redis.command(&["SET", &name, "something else"]), "+OK");
    let error = try_claim(&store, "event").await.unwrap_err();
    assert!(format!("{error:?}").contains("WRONGTYPE"), "{error:?}");
    assert_eq!(redis.command(&["STRLEN", &name]), ":14");
}

#[tokio::test]
async fn a_sweep_needs_nothing_done() {
    let redis = Redis::start();
    let store = connect(&redis).await;
    let short = Terms::new(LEASE, Duration::from_millis(1), 0).unwrap();
    let Outcome::Acquired(short) = store.claim(&key("short"), &short).await.unwrap() else { panic!("it is new") };
    store.commit(&short).await.unwrap();
    handle(&store, "long").await;
    assert_eq!(store.sweep(usize::MAX).await.unwrap(), 0);
    assert!(!store.properties().needs_sweeps);
    tokio::time::sleep(Duration::from_millis(5)).await;
    claim(&store, "short").await;
}
