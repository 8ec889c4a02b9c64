//! A store that fails.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_failing_store_is_never_acknowledged_at_the_claim() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.claims_fail.store(1, Ordering::SeqCst);
    let refused = Err(Rejection::Store(StoreErrorKind::Unavailable));
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, refused);
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_nobody_repeats_is_handed_over_without_a_claim() {
    let store = Shaky::default();
    let body = "event=QR_CODE_SCANNED&redirects=1";
    let receiver = builder::<QrPlanet>(&store).build().unwrap();
    store.0.claims_fail.store(1, Ordering::SeqCst);
    let opened = open(&receiver, body).await.unwrap();
    assert!(opened.delivery().unclaimed());
    drop(opened);
    assert_eq!(deliver(&receiver, body, done).await, Ok(()));
    assert_eq!(deliver(&receiver, body, must_not_run).await, Err(DUPLICATE));

    let strict = builder::<QrPlanet>(&store).with_store_failure(StoreFailure::Refuse).build().unwrap();
    store.0.claims_fail.store(1, Ordering::SeqCst);
    let refused = Err(Rejection::Store(StoreErrorKind::Unavailable));
    assert_eq!(deliver(&strict, "event=QR_CODE_SCANNED&redirects=2", must_not_run).await, refused);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_or_panics_is_a_store_that_fails() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.claims_hang.store(1, Ordering::SeqCst);
    let started = Instant::now();
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::Store(StoreErrorKind::Timeout)));
    assert_eq!(Instant::now().duration_since(started).as_millis(), 1000);
    store.0.claims_panic.store(1, Ordering::SeqCst);
    let unavailable = Err(Rejection::Store(StoreErrorKind::Unavailable));
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, unavailable);
    store.0.releases_hang.store(1, Ordering::SeqCst);
    let started = Instant::now();
    assert_eq!(deliver(&receiver, EVENT, failed).await, Ok(()));
    assert_eq!(Instant::now().duration_since(started).as_millis(), 1000);
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_never_works_ends_with_the_lease() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.commits_fail.store(usize::MAX, Ordering::SeqCst);
    let started = Instant::now();
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    while receiver.inner.places.shared().running.load(Ordering::SeqCst) > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let took = started.elapsed();
    assert!((30..32).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_down_does_not_make_every_drain_incomplete() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.commits_fail.store(usize::MAX, Ordering::SeqCst);
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    let started = Instant::now();
    let drained = receiver.drain(Duration::from_secs(25)).await;
    assert_eq!(drained, Drained { uncommitted: 1, ..Drained::default() });
    assert!(drained.is_complete());
    assert!((5..7).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_slow_commit_late_in_a_drain_has_its_time() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.commits_take.store(900, Ordering::SeqCst);
    let slow = || async {
        tokio::time::sleep(Duration::from_secs(15)).await;
        answer(Handled::Done { status: None })
    };
    assert_eq!(deliver(&receiver, EVENT, slow).await, Err(Rejection::HandlerTimeout));
    assert_eq!(receiver.drain(Duration::from_secs(25)).await, Drained::default());
    let again = builder::<QrStudio>(&store).build().unwrap();
    assert_eq!(deliver(&again, EVENT, must_not_run).await, Err(DUPLICATE));
}

#[tokio::test(start_paused = true)]
async fn a_commit_is_repeated_until_it_succeeds() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.commits_fail.store(3, Ordering::SeqCst);
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(DUPLICATE));
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_fails_keeps_no_answer_past_the_deadline() {
    for hang in [false, true] {
        let store = Shaky::default();
        let receiver = builder::<QrStudio>(&store).build().unwrap();
        let failing = if hang { &store.0.commits_hang } else { &store.0.commits_fail };
        failing.store(usize::MAX, Ordering::SeqCst);
        let started = Instant::now();
        assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()), "the handler has taken effect");
        let waited = Instant::now().duration_since(started);
        assert!((4000..4500).contains(&waited.as_millis()), "{waited:?}");
        // The commit is still repeated in the background.
        assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::InFlight));
        failing.store(0, Ordering::SeqCst);
        assert_eq!(receiver.drain(Duration::from_secs(5)).await.running, 0);
        let again = builder::<QrStudio>(&store).build().unwrap();
        assert_eq!(deliver(&again, EVENT, must_not_run).await, Err(DUPLICATE));
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_needs_sweeps_gets_one_now_and_then() {
    let body = |number: usize| format!(r#"{{"id":"evt_{number}"}}"#);
    for (needs_sweeps, expected) in [(true, [1, 1, 2]), (false, [0, 0, 0])] {
        let store = Shaky(Arc::new(ShakyState { needs_sweeps, ..ShakyState::default() }));
        let receiver = builder::<QrStudio>(&store).build().unwrap();
        let mut sent = 0..;
        let mut sweeps = Vec::new();
        for deliveries in [1, 127, 1] {
            for number in sent.by_ref().take(deliveries) {
                assert_eq!(deliver(&receiver, &body(number), done).await, Ok(()));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
            sweeps.push(store.0.sweeps.load(Ordering::SeqCst));
        }
        assert_eq!(sweeps, expected, "needs_sweeps: {needs_sweeps}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_fails_keeps_nobody() {
    let store = Shaky(Arc::new(ShakyState { needs_sweeps: true, ..ShakyState::default() }));
    store.0.sweeps_fail.store(1, Ordering::SeqCst);
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(DUPLICATE));
}
