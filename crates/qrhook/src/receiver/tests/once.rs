//! Each event is handled once.

use super::*;

#[tokio::test(start_paused = true)]
async fn an_event_is_handled_once() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(DUPLICATE));
    let other = EVENT.replace("evt_1", "evt_2");
    assert_eq!(deliver(&receiver, &other, done).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn endpoints_and_senders_do_not_share_ids() {
    let store = Shaky::default();
    let studio = builder::<QrStudio>(&store).build().unwrap();
    let secrets = Secrets::one(SECRET).unwrap();
    let elsewhere = Receiver::builder("elsewhere", secrets, store.clone()).with_clock(ManualClock::at(NOW));
    let elsewhere: Receiver<QrStudio> = elsewhere.build().unwrap();
    let codeqr = builder::<CodeQr>(&store).build().unwrap();
    assert_eq!(deliver(&studio, EVENT, done).await, Ok(()));
    assert_eq!(deliver(&elsewhere, EVENT, done).await, Ok(()));
    assert_eq!(deliver(&codeqr, EVENT, done).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_second_delivery_waits_for_the_first() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let (finish, finished) = oneshot::channel::<()>();
    let first = tokio::spawn({
        let receiver = receiver.clone();
        async move {
            deliver(&receiver, EVENT, || async move {
                finished.await.unwrap();
                answer(Handled::Done { status: None })
            })
            .await
        }
    });
    tokio::task::yield_now().await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::InFlight));
    finish.send(()).unwrap();
    assert_eq!(first.await.unwrap(), Ok(()));
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(DUPLICATE));
}

#[tokio::test(start_paused = true)]
async fn an_id_with_another_occurrence_is_a_duplicate_unless_told_otherwise() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    let conflict = Err(Rejection::Duplicate { id_conflict: true });
    assert_eq!(deliver(&receiver, OTHER_OCCURRENCE, must_not_run).await, conflict);

    let receiver = builder::<QrStudio>(&store).with_id_conflict(IdConflict::Deliver).build().unwrap();
    let opened = open(&receiver, OTHER_OCCURRENCE).await.unwrap();
    assert!(opened.delivery().id_conflict());
    assert_eq!(handle(opened, done).await, Ok(()));
    assert_eq!(deliver(&receiver, OTHER_OCCURRENCE, must_not_run).await, Err(DUPLICATE));
    let third = OTHER_OCCURRENCE.replace(":24Z", ":25Z");
    assert_eq!(deliver(&receiver, &third, done).await, Ok(()), "each occurrence has a key of its own");
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(DUPLICATE));
}

#[tokio::test(start_paused = true)]
async fn events_without_an_id_are_known_by_their_content() {
    let counted = "event=QR_CODE_SCANNED&redirects=7&code=x";
    let reordered = "code=x&redirects=7&event=QR_CODE_SCANNED";
    let next = "event=QR_CODE_SCANNED&redirects=8&code=x";
    let click = "event=CALL_2_ACTION_BUTTON_CLICKED&c2a=x";
    let cases = [
        (ContentDedupe::Discriminated, [Ok(()), Err(DUPLICATE), Ok(()), Ok(()), Ok(())]),
        (ContentDedupe::All, [Ok(()), Err(DUPLICATE), Ok(()), Ok(()), Err(DUPLICATE)]),
        (ContentDedupe::Off, [Ok(()), Ok(()), Ok(()), Ok(()), Ok(())]),
    ];
    for (setting, expected) in cases {
        let receiver = builder::<QrPlanet>(&Shaky::default()).with_content_dedupe(setting).build().unwrap();
        for (body, expected) in [counted, reordered, next, click, click].into_iter().zip(expected) {
            assert_eq!(deliver(&receiver, body, done).await, expected, "{setting:?}: {body}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_given_back_can_be_claimed_at_once() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    give_back(open(&receiver, EVENT).await.unwrap()).await;
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn what_happened_is_counted() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    assert_eq!(deliver(&receiver, EVENT, done).await, Err(DUPLICATE));
    assert!(deliver(&receiver, OTHER_OCCURRENCE, done).await.is_err());
    assert_eq!(deliver(&receiver, r#"{"id":"2"}"#, failed).await, Ok(()));
    assert!(accept(&receiver, "[]").await.is_err());
    let expected = [("duplicate", 1), ("failed", 1), ("handled", 1), ("id-conflict", 1), ("unusable-body", 1)];
    assert_eq!(receiver.counts(), expected.into());
}
