//! Claims made by the handler.

use super::*;
use crate::store::ClaimNotManual;

#[tokio::test(start_paused = true)]
async fn nothing_is_claimed_and_the_delivery_says_what_to_claim() {
    let store = Shaky::default();
    store.0.claims_panic.store(usize::MAX, Ordering::SeqCst);
    let receiver = builder::<QrStudio>(&store).with_manual_claims().build().unwrap();
    for _ in 0..2 {
        let opened = open(&receiver, EVENT).await.unwrap();
        let request = *opened.delivery().claim_request().unwrap().unwrap();
        assert_eq!(request.key(), &Key::new("qrstudio", "test", b"evt_1"));
        assert_eq!(request.conflict_key(), None);
        assert_eq!(request.terms().retention(), QrStudio.policy().volatile_retention);
        assert_eq!(request.terms().lease(), Duration::from_secs(30));
        assert!(!opened.delivery().unclaimed(), "that is for a store that failed");
        assert_eq!(handle(opened, done).await, Ok(()));
    }
    assert_eq!(receiver.counts(), [("handled", 2)].into());
}

#[tokio::test(start_paused = true)]
async fn the_request_is_what_a_store_would_be_asked() {
    let store = Shaky::default();
    let left = builder::<QrStudio>(&store).with_id_conflict(IdConflict::Deliver).with_manual_claims();
    let left = open(&left.build().unwrap(), EVENT).await.unwrap();
    let request = *left.delivery().claim_request().unwrap().unwrap();
    let stored = builder::<QrStudio>(&store).with_id_conflict(IdConflict::Deliver).build().unwrap();
    assert_eq!(deliver(&stored, EVENT, done).await, Ok(()));
    let done = Outcome::Done { same_occurrence: true };
    assert_eq!(store.claim(request.key(), request.terms()).await.unwrap(), done);

    assert_eq!(deliver(&stored, OTHER_OCCURRENCE, super::done).await, Ok(()));
    let left = builder::<QrStudio>(&store).with_id_conflict(IdConflict::Deliver).with_manual_claims();
    let left = open(&left.build().unwrap(), OTHER_OCCURRENCE).await.unwrap();
    let request = *left.delivery().claim_request().unwrap().unwrap();
    let other = Outcome::Done { same_occurrence: false };
    assert_eq!(store.claim(request.key(), request.terms()).await.unwrap(), other);
    assert_eq!(store.claim(request.conflict_key().unwrap(), request.terms()).await.unwrap(), done);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_not_deduplicated_has_nothing_to_claim() {
    let receiver = builder::<QrPlanet>(&Shaky::default()).with_manual_claims().build().unwrap();
    let opened = open(&receiver, "event=CALL_2_ACTION_BUTTON_CLICKED&c2a=x").await.unwrap();
    assert_eq!(opened.delivery().claim_request(), Ok(None));
    give_back(opened).await;
}

#[tokio::test(start_paused = true)]
async fn what_the_handler_found_is_counted_and_answered() {
    let receiver = builder::<QrStudio>(&Shaky::default()).with_manual_claims().build().unwrap();
    for rejection in [DUPLICATE, Rejection::InFlight] {
        let answered = deliver(&receiver, EVENT, || async { answer(Handled::Rejected(rejection)) }).await;
        assert_eq!(answered, Ok(()));
    }
    assert_eq!(receiver.counts(), [("duplicate", 1), ("in-flight", 1)].into());
}

#[tokio::test(start_paused = true)]
async fn with_a_store_a_duplicate_is_settled_and_what_is_in_flight_is_given_back() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let rejected = |rejection| || async { answer(Handled::Rejected(rejection)) };
    assert_eq!(deliver(&receiver, EVENT, rejected(Rejection::InFlight)).await, Ok(()));
    assert_eq!(deliver(&receiver, EVENT, rejected(DUPLICATE)).await, Ok(()), "it was given back");
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(DUPLICATE));
}

#[tokio::test(start_paused = true)]
async fn a_claim_that_is_not_left_cannot_be_made_by_mistake() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let opened = open(&receiver, EVENT).await.unwrap();
    assert_eq!(opened.delivery().claim_request(), Err(ClaimNotManual));
    give_back(opened).await;
    let request = sign::<QrStudio>(SECRET, EVENT, NOW);
    let secrets = Secrets::one(SECRET).unwrap();
    let verified = crate::verify::<QrStudio>(&request.headers, request.body, &secrets, NOW).unwrap();
    assert_eq!(verified.claim_request(), Err(ClaimNotManual));
}
