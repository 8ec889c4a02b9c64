//! Limits and drains.

use super::*;
use crate::verify::Headers;

#[tokio::test(start_paused = true)]
async fn deliveries_wait_for_a_place_until_their_deadline() {
    let receiver = builder::<QrStudio>(&Shaky::default()).with_max_handlers(1).build().unwrap();
    let held = open(&receiver, EVENT).await.unwrap();
    let (started, other) = (Instant::now(), EVENT.replace("evt_1", "evt_2"));
    assert_eq!(deliver(&receiver, &other, must_not_run).await, Err(Rejection::TooManyHandlers));
    assert_eq!(started.elapsed().as_millis(), 4250, "shortly before the deadline, so that the response still arrives");
    let waiting = tokio::spawn({
        let (receiver, other) = (receiver.clone(), other.clone());
        async move { deliver(&receiver, &other, done).await }
    });
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(handle(held, done).await, Ok(()));
    assert_eq!(waiting.await.unwrap(), Ok(()), "it got the place");
    assert_eq!(receiver.counts().get("too-many-handlers"), Some(&1));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_would_send_again_waits_longer_than_its_request() {
    let receiver = builder::<QrPlanet>(&Shaky::default()).with_max_handlers(1).build().unwrap();
    let held = open(&receiver, "event=QR_CODE_CREATED").await.unwrap();
    let late = "event=QR_CODE_SCANNED&redirects=1";
    assert_eq!(deliver(&receiver, late, done).await, Err(Rejection::HandlerTimeout));
    assert_eq!(handle(held, done).await, Ok(()));
    assert!(receiver.drain(Duration::from_secs(60)).await.is_complete());
    assert_eq!(receiver.counts().get("handled"), Some(&2));
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_what_runs_and_refuses_what_comes() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let held = accept(&receiver, EVENT).await.unwrap();
    assert_eq!(receiver.drain(Duration::from_millis(10)).await, Drained { running: 1, ..Drained::default() });
    assert_eq!(accept(&receiver, EVENT).await.err(), Some(Rejection::Closing));
    let waiting = tokio::spawn({
        let receiver = receiver.clone();
        async move { receiver.drain(Duration::from_secs(3600)).await }
    });
    tokio::task::yield_now().await;
    let started = Instant::now();
    drop(held);
    assert!(waiting.await.unwrap().is_complete());
    assert_eq!(started.elapsed(), Duration::ZERO, "the last delivery wakes it");
}

#[tokio::test(start_paused = true)]
async fn a_drain_also_refuses_what_is_being_read() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let request = sign::<QrStudio>(SECRET, EVENT, NOW);
    let (finish, finished) = oneshot::channel();
    let mut body = Box::pin(async move { finished.await.map(|()| request.body) });
    let mut whole = false;
    let next = move |context: &mut Context<'_>| {
        if std::mem::replace(&mut whole, true) {
            return Poll::Ready(None);
        }
        let piece = body.as_mut().poll(context).map(|body| body.ok().map(Ok));
        whole = piece.is_ready();
        piece
    };
    let reading = adapter::accept(&receiver, Head::new(&Method::POST, &request.headers), next);
    let drained = async {
        assert!(receiver.drain(Duration::from_secs(1)).await.is_complete());
        finish.send(()).unwrap();
    };
    let (accepted, ()) = tokio::join!(reading, drained);
    assert_eq!(accepted.err(), Some(Rejection::Closing));
}

#[tokio::test(start_paused = true)]
async fn a_drain_refuses_nothing_that_nobody_would_send_again() {
    let receiver = builder::<QrPlanet>(&Shaky::default()).build().unwrap();
    assert!(receiver.drain(Duration::from_secs(1)).await.is_complete());
    assert_eq!(deliver(&receiver, "event=QR_CODE_CREATED", done).await, Ok(()));
    let strict = builder::<QrPlanet>(&Shaky::default()).with_store_failure(StoreFailure::Refuse).build().unwrap();
    assert!(strict.drain(Duration::from_secs(1)).await.is_complete());
    assert_eq!(deliver(&strict, "event=QR_CODE_CREATED", must_not_run).await, Err(Rejection::Closing));
}

#[tokio::test(start_paused = true)]
async fn the_time_of_a_body_runs_from_the_start_of_its_request() {
    let request = sign::<QrStudio>(SECRET, EVENT, NOW);
    let half = || [Ok(request.body.slice(..10))];
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let started = Instant::now();
    assert_eq!(accept_pieces(&receiver, &request.headers, half(), false).await.err(), Some(Rejection::BodyTimeout));
    assert_eq!(started.elapsed().as_millis(), 3000);
}

#[tokio::test(start_paused = true)]
async fn the_checks_before_the_body_come_in_their_order() {
    let receiver = builder::<QrStudio>(&Shaky::default()).with_body_limit(10).build().unwrap();
    let request = sign::<QrStudio>(SECRET, "{}", NOW);
    let begin = async |method: &Method, headers: &HeaderMap| {
        adapter::accept(&receiver, Head::new(method, headers), |_| panic!("the body must not be read")).await.err()
    };
    assert_eq!(begin(&Method::GET, &HeaderMap::new()).await, Some(Rejection::Method));
    let missing = begin(&Method::POST, &HeaderMap::new()).await;
    assert!(matches!(missing, Some(Rejection::Unverified(VerifyError::MissingSignature { .. }))), "{missing:?}");
    let mut announced = request.headers.clone();
    announced.insert("content-length", HeaderValue::from_static("11"));
    let too_large = Rejection::Unverified(VerifyError::BodyTooLarge { limit: 10 });
    assert_eq!(begin(&Method::POST, &announced).await, Some(too_large.clone()));
    let mismatch = Some(Rejection::Unverified(VerifyError::SignatureMismatch));
    let pieces = |last: &'static str| ["1234567890", last].map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
    let within = accept_pieces(&receiver, &request.headers, pieces(""), true).await.err();
    assert_eq!(within, mismatch, "a body of exactly the limit is accepted");
    assert_eq!(accept_pieces(&receiver, &request.headers, pieces("1"), true).await.err(), Some(too_large));
}

#[tokio::test(start_paused = true)]
async fn a_body_in_pieces_is_one_body() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let request = sign::<QrStudio>(SECRET, EVENT, NOW);
    for announced in [None, Some(EVENT.len()), Some(3), Some(usize::MAX)] {
        let mut headers = request.headers.clone();
        headers.remove("content-length");
        if let Some(length) = announced.filter(|length| *length <= EVENT.len()) {
            headers.insert("content-length", HeaderValue::from(length));
        }
        for size in [1, 7, EVENT.len()] {
            let pieces = request.body.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece)));
            let accepted = accept_pieces(&receiver, &headers, pieces.collect::<Vec<_>>(), true).await;
            assert_eq!(accepted.unwrap().delivery.raw(), &request.body, "{announced:?}, {size}");
        }
    }
}

/// Thirty-two strangers each send 2 MiB of a body that they never finish; then a real delivery arrives.
#[tokio::test(start_paused = true)]
async fn bodies_that_are_never_finished_keep_no_delivery_out() {
    let receiver = builder::<CodeQr>(&Shaky::default()).build().unwrap();
    let request = sign::<CodeQr>(SECRET, r#"{"id":"1","event":"link.created","data":{}}"#, NOW);
    let strangers: Vec<_> = (0..32)
        .map(|_| {
            let (receiver, headers) = (receiver.clone(), request.headers.clone());
            tokio::spawn(async move {
                let body = Bytes::from(vec![b' '; 2 * 1024 * 1024]);
                accept_pieces(&receiver, &headers, [Ok(body)], false).await.err()
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let body = r#"{"id":"1","event":"link.created","data":{}}"#;
    assert_eq!(deliver(&receiver, body, done).await, Ok(()));
    let mut given_up = 0;
    for stranger in strangers {
        match stranger.await.unwrap() {
            Some(Rejection::TooManyBodies) => given_up += 1,
            other => assert_eq!(other, Some(Rejection::BodyTimeout)),
        }
    }
    assert_eq!(given_up, 1, "no more than needed");
}

#[test]
fn a_declared_length_is_read_like_any_header() {
    let headers = [("Content-Length", "12")];
    assert_eq!(crate::verify::announced_length(&headers), 12);
    let repeated = vec![("content-length", "12"), ("Content-Length", "12")];
    assert_eq!(crate::verify::announced_length(&repeated), 0);
    let none: [(&str, &str); 0] = [];
    assert_eq!(none.find(&http::header::CONTENT_LENGTH), crate::verify::Found::Missing);
}

#[test]
fn a_drain_is_complete_when_every_handler_finished() {
    let cases = [(0, 0, true), (1, 0, false), (0, 1, false), (1, 1, false)];
    for (running, abandoned, expected) in cases {
        let drained = Drained { running, abandoned, uncommitted: 7 };
        assert_eq!(drained.is_complete(), expected, "{running} running, {abandoned} abandoned");
    }
}
