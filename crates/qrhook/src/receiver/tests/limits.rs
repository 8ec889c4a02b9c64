//! Limits, and the end.

use super::*;

#[tokio::test(start_paused = true)]
async fn there_is_a_limit_to_running_handlers_and_an_end_to_all_of_them() {
    let receiver = builder::<QrStudio>(&Shaky::default()).with_max_handlers(1).build().unwrap();
    let held = accept(&receiver, EVENT).unwrap();
    assert_eq!(accept(&receiver, EVENT).err(), Some(Rejection::TooManyHandlers));
    assert_eq!(receiver.drain(Duration::from_millis(10)).await.running, 1);
    assert_eq!(accept(&receiver, EVENT).err(), Some(Rejection::Closing));
    let waiting = tokio::spawn({
        let receiver = receiver.clone();
        async move { receiver.drain(Duration::from_secs(3600)).await }
    });
    tokio::task::yield_now().await;
    drop(held);
    // It would not end within the patience of anybody if the last handler did not wake it.
    assert!(waiting.await.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_drain_also_refuses_what_was_read_already() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let request = sign::<QrStudio>(SECRET, EVENT, NOW);
    let mut intake = receiver.begin(&Method::POST, &request.headers, Tokio.now()).unwrap();
    intake.push(request.body).unwrap();
    assert!(receiver.drain(Duration::from_secs(1)).await.is_complete());
    assert_eq!(receiver.begin(&Method::POST, &request.headers, Tokio.now()).err(), Some(Rejection::Closing));
    assert_eq!(receiver.accept(intake).err(), Some(Rejection::Closing));
}

#[test]
fn the_time_of_a_body_runs_from_the_start_of_its_request() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let started = Instant::now();
    let request = sign::<QrStudio>(SECRET, EVENT, NOW);
    let intake = receiver.begin(&Method::POST, &request.headers, started).unwrap();
    assert_eq!(intake.time_left(started + Duration::from_secs(1)), Duration::from_secs(2));
    assert_eq!(intake.time_left(started + Duration::from_secs(4)), Duration::ZERO);
}

#[test]
fn the_checks_before_the_body_come_in_their_order() {
    let receiver = builder::<QrStudio>(&Shaky::default()).with_body_limit(10).build().unwrap();
    let request = sign::<QrStudio>(SECRET, "{}", NOW);
    let begin = |method, headers: &HeaderMap| receiver.begin(method, headers, Instant::now()).err();
    assert_eq!(begin(&Method::GET, &HeaderMap::new()), Some(Rejection::Method));
    let missing = begin(&Method::POST, &HeaderMap::new());
    assert!(matches!(missing, Some(Rejection::Unverified(VerifyError::MissingSignature { .. }))), "{missing:?}");
    let mut announced = request.headers.clone();
    announced.insert("content-length", HeaderValue::from_static("11"));
    let too_large = Rejection::Unverified(VerifyError::BodyTooLarge { limit: 10 });
    assert_eq!(begin(&Method::POST, &announced), Some(too_large.clone()));
    let mut intake = receiver.begin(&Method::POST, &request.headers, Instant::now()).unwrap();
    assert_eq!(intake.push("1234567890".into()), Ok(()), "the limit itself is within it");
    assert_eq!(intake.push("1".into()), Err(too_large));
}

#[test]
fn unverified_bodies_are_bounded_together_and_counted_as_they_come() {
    let receiver =
        builder::<QrStudio>(&Shaky::default()).with_unverified_limit(10).with_body_limit(10).build().unwrap();
    let request = sign::<QrStudio>(SECRET, "{}", NOW);
    let begin = || receiver.begin(&Method::POST, &request.headers, Instant::now());
    let (mut first, mut second) = (begin().unwrap(), begin().unwrap());
    assert_eq!(first.push("12345678".into()), Ok(()));
    assert_eq!(second.push("123".into()), Err(Rejection::TooManyBodies));
    assert_eq!(second.push("12".into()), Ok(()));
    assert_eq!(begin().err(), Some(Rejection::TooManyBodies));
    drop(first);
    assert_eq!(second.push("12345678".into()), Ok(()));
    assert_eq!(second.verify(NOW).err(), Some(VerifyError::SignatureMismatch), "all pieces are one body");
}

#[test]
fn a_drain_is_complete_when_every_handler_finished() {
    let cases = [(0, 0, true), (1, 0, false), (0, 1, false), (1, 1, false)];
    for (running, abandoned, expected) in cases {
        assert_eq!(Drained { running, abandoned }.is_complete(), expected, "{running} running, {abandoned} abandoned");
    }
}
