//! Readiness.

use super::*;
use crate::receiver::NotReady;

const UNAVAILABLE: Result<(), NotReady> = Err(NotReady::Store(StoreErrorKind::Unavailable));

#[tokio::test(start_paused = true)]
async fn a_receiver_is_ready_while_its_store_grants_claims() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    assert_eq!(receiver.ready().await, Ok(()));
    assert_eq!(store.0.store.held(), 0, "the claim is released");
    store.0.claims_fail.store(1, Ordering::SeqCst);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(receiver.ready().await, UNAVAILABLE);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(receiver.ready().await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn the_store_is_asked_once_a_second() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.claims_fail.store(1, Ordering::SeqCst);
    for _ in 0..1000 {
        assert_eq!(receiver.ready().await, UNAVAILABLE, "the next claim would succeed");
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_makes_it_unready_in_time() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.claims_hang.store(1, Ordering::SeqCst);
    let started = Instant::now();
    let timeout = Err(NotReady::Store(StoreErrorKind::Timeout));
    assert_eq!(tokio::join!(receiver.ready(), receiver.ready()), (timeout, timeout));
    assert_eq!(started.elapsed(), Duration::from_secs(1), "the second request waited for the answer of the first");
}

/// Otherwise a stranger who resets each request would load the store at full speed.
#[tokio::test(start_paused = true)]
async fn a_client_that_hangs_up_does_not_make_the_store_be_asked_again() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.claims_hang.store(1, Ordering::SeqCst);
    for _ in 0..100 {
        let hung_up = tokio::time::timeout(Duration::from_millis(1), receiver.ready()).await;
        assert!(hung_up.is_err());
    }
    // The next claim would succeed, but the first probe is still waited for.
    assert_eq!(receiver.ready().await, Err(NotReady::Store(StoreErrorKind::Timeout)));
    assert_eq!(store.0.store.held(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_drains_is_not_ready() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    receiver.drain(Duration::ZERO).await;
    assert_eq!(receiver.ready().await, Err(NotReady::Draining));
}
