//! Servers that go away and come back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use qrhook::store::{Outcome, Settled, Store, StoreErrorKind};
use qrhook_redis::RedisStore;
use qrhook_test_servers::Redis;
use tokio::{runtime::Builder, task::JoinSet};

use crate::{
    support::{
        DONE, PATIENCE, STEP, at_last, claim, connect, connect_impatiently, found, handle, patient, recovers, try_claim,
    },
    way::Way,
};

async fn fails(store: &RedisStore) -> StoreErrorKind {
    try_claim(store, "refused").await.unwrap_err().kind()
}

#[tokio::test]
async fn a_server_that_is_stopped_and_started_again() {
    let mut redis = Redis::start();
    let store = connect(&redis).await;
    handle(&store, "before").await;
    redis.stop();
    for _ in 0..3 {
        assert_eq!(fails(&store).await, StoreErrorKind::Unavailable);
    }
    redis.start_again();
    recovers(&store, "after").await;
    assert_eq!(found(&store, "before").await, DONE);
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_again() {
    let mut redis = Redis::start();
    let store = connect(&redis).await;
    redis.kill();
    assert_eq!(fails(&store).await, StoreErrorKind::Unavailable);
    redis.start_again();
    recovers(&store, "after").await;
}

#[tokio::test]
async fn a_server_that_hangs_for_a_while() {
    let redis = Redis::start();
    handle(&connect(&redis).await, "before").await;
    let store = connect_impatiently(&redis.url()).await;
    redis.pause();
    for _ in 0..3 {
        assert_eq!(fails(&store).await, StoreErrorKind::Timeout);
    }
    redis.resume();
    assert_eq!(recovers(&store, "before").await, DONE);
}

/// The restart ended the idle connection, and the store must notice.
#[tokio::test]
async fn no_step_fails_after_a_restart_between_two_steps() {
    let mut redis = Redis::start();
    let store = connect(&redis).await;
    handle(&store, "before").await;
    for _ in 0..3 {
        redis.stop();
        redis.start_again();
        assert_eq!(found(&store, "before").await, DONE);
    }
    let open = claim(&store, "open").await;
    redis.kill();
    redis.start_again();
    assert_eq!(store.commit(&open).await.unwrap(), Settled::Applied);
}

/// A machine that lost power sends no reset, and the system would wait for a quarter of an hour.
#[tokio::test]
async fn a_connection_that_never_answers_is_replaced() {
    let redis = Redis::start();
    let way = Way::to(&redis).await;
    handle(&connect(&redis).await, "before").await;
    let store = connect_impatiently(&way.url()).await;
    way.block();
    assert_eq!(fails(&store).await, StoreErrorKind::Timeout);
    assert_eq!(at_last(async || try_claim(&store, "before").await).await, DONE);
}

/// Under load, a step has only the rest of its time to connect.
#[tokio::test]
async fn an_attempt_to_connect_outlives_the_step_that_began_it() {
    let redis = Redis::start();
    let way = Way::to(&redis).await;
    let store = patient().connect(&way.url()).await.unwrap();
    handle(&store, "before").await;
    assert_eq!(redis.command(&["CLIENT", "KILL", "TYPE", "normal"]), ":1");
    redis.pause();
    let before = way.connections();
    let begun = async {
        while way.connections() == before {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        outcome = try_claim(&store, "after") => panic!("{outcome:?}"),
        () = begun => {}
    }
    redis.resume();
    assert_eq!(found(&store, "before").await, DONE);
    assert_eq!(way.connections() - before, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_at_a_server_that_hangs_for_a_while() {
    let redis = Redis::start();
    let way = Way::to(&redis).await;
    let store = Arc::new(connect_impatiently(&way.url()).await);
    let ends = Arc::new(AtomicBool::new(false));
    let crowd = tokio::spawn({
        let (store, ends) = (Arc::clone(&store), Arc::clone(&ends));
        async move {
            let mut steps = JoinSet::new();
            while !ends.load(SeqCst) {
                let store = Arc::clone(&store);
                steps.spawn(async move { try_claim(&store, "crowd").await.is_ok() });
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            steps.join_all().await;
        }
    });
    redis.pause();
    assert_eq!(fails(&store).await, StoreErrorKind::Timeout);
    way.slow_down(STEP / 10);
    tokio::time::sleep(STEP).await;
    redis.resume();
    // The crowd is still running.
    recovers(&store, "after").await;
    ends.store(true, SeqCst);
    crowd.await.unwrap();
}

/// The connection ends with its runtime.
#[tokio::test]
async fn a_runtime_that_ended_is_no_end_of_the_store() {
    let redis = Redis::start();
    for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let url = redis.url();
        let connecting =
            std::thread::spawn(move || builder.enable_all().build().unwrap().block_on(connect_impatiently(&url)));
        let store = connecting.join().unwrap();
        recovers(&store, "after").await;
    }
}

/// The connection stands still with its runtime.
#[tokio::test]
async fn a_runtime_that_stands_still_is_no_end_of_the_store() {
    let redis = Redis::start();
    let url = redis.url();
    let connecting = std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        (runtime.block_on(connect_impatiently(&url)), runtime)
    });
    let (store, runtime) = connecting.join().unwrap();
    recovers(&store, "after").await;
    runtime.shutdown_background();
}

/// As with a receiver that allows less time than the steps take.
#[tokio::test]
async fn a_connection_that_never_answers_is_replaced_however_short_the_steps_are() {
    let redis = Redis::start();
    let way = Way::to(&redis).await;
    let store = connect_impatiently(&way.url()).await;
    way.block();
    let started = Instant::now();
    while tokio::time::timeout(STEP / 8, try_claim(&store, "after")).await.is_err() {
        assert!(started.elapsed() < PATIENCE, "the connection stays");
    }
    assert!(started.elapsed() >= STEP / 2, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_step_that_is_dropped_early_keeps_the_connection() {
    let redis = Redis::start();
    let way = Way::to(&redis).await;
    let store = patient().connect(&way.url()).await.unwrap();
    let before = way.connections();
    for number in 0..20 {
        // Polled once: the step is sent, but has no reply.
        tokio::select! {
            biased;
            _ = try_claim(&store, number) => {}
            () = std::future::ready(()) => {}
        }
    }
    handle(&store, "after").await;
    assert_eq!(way.connections(), before);
}

/// The claim was made, and the repeated step must not take it for another owner's.
#[tokio::test]
async fn a_step_whose_answer_gets_lost_is_repeated() {
    let redis = Redis::start();
    let way = Way::to(&redis).await;
    let store = patient().connect(&way.url()).await.unwrap();
    handle(&store, "before").await;

    way.lose_an_answer();
    let claimed = claim(&store, "event").await;
    assert_eq!(found(&store, "event").await, Outcome::InFlight);
    way.lose_an_answer();
    assert_eq!(store.commit(&claimed).await.unwrap(), Settled::Applied);
    assert_eq!(found(&store, "event").await, DONE);

    let released = claim(&store, "released").await;
    way.lose_an_answer();
    assert_eq!(store.release(&released).await.unwrap(), Settled::Applied);
    claim(&store, "released").await;
}

/// Many steps that find no server share one attempt to connect.
#[tokio::test]
async fn a_crowd_does_not_storm_a_server_that_comes_back() {
    let mut redis = Redis::start();
    let way = Way::to(&redis).await;
    let store = Arc::new(patient().connect(&way.url()).await.unwrap());
    handle(&store, "before").await;
    redis.stop();
    redis.start_again();
    let before = way.connections();
    let mut steps = JoinSet::new();
    for number in 0..64 {
        let store = Arc::clone(&store);
        steps.spawn(async move { handle(&store, number).await });
    }
    steps.join_all().await;
    assert!(way.connections() - before <= 2, "{} connections", way.connections() - before);
}
