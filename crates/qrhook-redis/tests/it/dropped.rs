//! Claims whose caller is gone.

use std::{future::poll_fn, task::Poll, time::Duration};

use qrhook::store::{Outcome, Settled, Store, Terms};
use qrhook_redis::RedisStore;
use qrhook_test_servers::{Redis, RedisCluster};

use crate::support::{key, patient};

/// So long that an open claim cannot end with its lease during the test.
const LEASE: Duration = Duration::from_secs(3600);

/// As if a client hung up while the server is busy.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_is_dropped_is_given_back() {
    let redis = Redis::start();
    let store = patient().connect(&redis.url()).await.unwrap();
    is_given_back(&store, [&redis]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_is_dropped_is_given_back_to_a_cluster() {
    let cluster = RedisCluster::start();
    let store = patient().connect(&cluster.url()).await.unwrap();
    is_given_back(&store, cluster.nodes()).await;
}

async fn is_given_back(store: &RedisStore, servers: impl IntoIterator<Item = &Redis> + Clone) {
    let terms = Terms::new(LEASE, LEASE, 7).unwrap();
    let event = key(1);
    servers.clone().into_iter().for_each(Redis::pause);
    let mut claiming = store.claim(&event, &terms);
    // The claim was sent and has no reply yet.
    poll_fn(|context| {
        assert!(claiming.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    drop(claiming);
    servers.clone().into_iter().for_each(Redis::resume);
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
    let redis = Redis::start();
    let store = patient().connect(&redis.url()).await.unwrap();
    let terms = Terms::new(LEASE, LEASE, 7).unwrap();
    drop(store.claim(&key(1), &terms));
    assert!(matches!(store.claim(&key(1), &terms).await.unwrap(), Outcome::Acquired(_)));
}
