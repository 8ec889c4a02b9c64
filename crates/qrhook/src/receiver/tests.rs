//! The whole way, with a store that fails on demand and a clock that is moved by hand.

use std::{
    future::pending,
    sync::atomic::{AtomicUsize, Ordering},
};

use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::sync::oneshot;

use super::*;
use crate::{
    codeqr::CodeQr,
    provider::{StoreFailure, Window},
    qrplanet::QrPlanet,
    qrstudio::QrStudio,
    store::{Claim, Key, MemoryStore, Outcome, Settled, StoreError, StoreErrorKind, StoreFuture, StoreTraits, Terms},
    testing::{ManualClock, sign},
    time::UnixTime,
    verify::{BodyProblem, VerifyError},
};

const SECRET: &str = "whsec_test";
const NOW: UnixTime = UnixTime::from_secs(1_778_335_283);

struct Tokio;

impl Host for Tokio {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}

/// A memory store whose next steps fail or hang.
#[derive(Clone, Default)]
struct Shaky(Arc<ShakyState>);

#[derive(Default)]
struct ShakyState {
    store: MemoryStore,
    claims_fail: AtomicUsize,
    commits_fail: AtomicUsize,
    commits_hang: AtomicUsize,
    claims_hang: AtomicUsize,
    claims_panic: AtomicUsize,
    releases_hang: AtomicUsize,
    durable: bool,
}

fn next(count: &AtomicUsize) -> bool {
    count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

impl Store for Shaky {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        if next(&self.0.claims_fail) {
            return Box::pin(async { Err(StoreError::unavailable("no claims today")) });
        }
        if next(&self.0.claims_hang) {
            return Box::pin(pending());
        }
        assert!(!next(&self.0.claims_panic), "the store panicked, as it should in this test");
        self.0.store.claim(key, terms)
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        if next(&self.0.commits_hang) {
            return Box::pin(pending());
        }
        if next(&self.0.commits_fail) {
            return Box::pin(async { Err(StoreError::unavailable("no commits today")) });
        }
        self.0.store.commit(claim)
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        if next(&self.0.releases_hang) {
            return Box::pin(pending());
        }
        self.0.store.release(claim)
    }

    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
        self.0.store.sweep(limit)
    }

    fn traits(&self) -> StoreTraits {
        if self.0.durable { StoreTraits::durable() } else { StoreTraits::volatile() }
    }
}

fn builder<P: Provider>(store: &Shaky) -> ReceiverBuilder<P> {
    let secrets = Secrets::one(SECRET).unwrap();
    Receiver::builder("test", secrets, store.clone()).with_clock(ManualClock::at(NOW))
}

fn accept<P: Provider>(receiver: &Receiver<P>, body: &str) -> Result<Accepted<P>, Rejection> {
    let request = sign::<P>(SECRET, body.to_owned(), NOW);
    let mut intake = receiver.begin(&Method::POST, &request.headers, Tokio.now())?;
    intake.push(request.body)?;
    receiver.accept(intake)
}

/// Sends a delivery as an adapter does: the work in a task, the answer awaited until the deadline.
async fn deliver<P, F>(
    receiver: &Receiver<P>,
    body: &str,
    handler: impl FnOnce() -> F + Send + 'static,
) -> Result<(), Rejection>
where
    P: Provider,
    F: Future<Output = Handled<()>> + Send,
{
    let accepted = accept(receiver, body)?;
    let (started, (sender, reply)) = (accepted.started(), oneshot::channel());
    tokio::spawn(async move {
        accepted.run(&Tokio, |_| handler(), |answer| drop(sender.send(answer))).await;
    });
    receiver.reply(&Tokio, started, async { reply.await.ok() }).await
}

async fn done() -> Handled<()> {
    Handled::Done(())
}

async fn must_not_run() -> Handled<()> {
    panic!("the handler ran")
}

const EVENT: &str = r#"{"id":"evt_1","type":"t","created_at":"2026-05-09T14:01:23Z"}"#;
const OTHER_OCCURRENCE: &str = r#"{"id":"evt_1","type":"t","created_at":"2026-05-09T14:01:24Z"}"#;
const DUPLICATE: Rejection = Rejection::Duplicate { id_conflict: false };

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
                Handled::Done(())
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
async fn what_was_not_handled_is_handled_by_the_retry() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let failed = || async { Handled::Failed(()) };
    assert_eq!(deliver(&receiver, EVENT, failed).await, Ok(()), "the handler's own answer");
    let panics = || async { panic!("the handler panicked, as it should in this test") };
    assert_eq!(deliver(&receiver, EVENT, panics).await, Err(Rejection::HandlerPanicked));
    assert_eq!(deliver(&receiver, EVENT, pending).await, Err(Rejection::HandlerTimeout));
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::InFlight), "it still runs");
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()), "stopped at its limit, and released");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_is_late_still_commits() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let late = || async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        Handled::Done(())
    };
    let started = Tokio.now();
    assert_eq!(deliver(&receiver, EVENT, late).await, Err(Rejection::HandlerTimeout));
    assert_eq!(Tokio.now().duration_since(started).as_millis(), 4500);
    assert_eq!(receiver.drain(Duration::from_secs(10)).await.running, 0);
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::Closing));
}

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
    let opened = accept(&receiver, body).unwrap().open(&Tokio).await.unwrap();
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
    let started = Tokio.now();
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::Store(StoreErrorKind::Timeout)));
    assert_eq!(Tokio.now().duration_since(started).as_millis(), 1000);
    store.0.claims_panic.store(1, Ordering::SeqCst);
    let unavailable = Err(Rejection::Store(StoreErrorKind::Unavailable));
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, unavailable);
    store.0.releases_hang.store(1, Ordering::SeqCst);
    let started = Tokio.now();
    assert_eq!(deliver(&receiver, EVENT, || async { Handled::Failed(()) }).await, Ok(()));
    assert_eq!(Tokio.now().duration_since(started).as_millis(), 1000);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_when_it_is_dropped_is_released() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("a drop panicked, as it should in this test");
        }
    }
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let hangs = || async {
        let _panics = Panics;
        pending().await
    };
    assert_eq!(deliver(&receiver, EVENT, hangs).await, Err(Rejection::HandlerTimeout));
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    assert!(receiver.drain(Duration::from_secs(1)).await.is_complete());
}

/// What an extractor gives to a handler that does other things first.
#[tokio::test(start_paused = true)]
async fn no_handler_outlives_its_lease() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    for (idle, ran_for) in [(5, 20), (15, 14), (28, 1)] {
        let opened = accept(&receiver, EVENT).unwrap().open(&Tokio).await.unwrap();
        tokio::time::sleep(Duration::from_secs(idle)).await;
        let (started, mut answer) = (Tokio.now(), None);
        opened.run(&Tokio, |_| pending::<Handled<()>>(), |reply| answer = Some(reply)).await;
        assert_eq!(answer, Some(Err(Rejection::HandlerStopped)), "{idle}");
        assert_eq!(Tokio.now().duration_since(started).as_secs(), ran_for, "{idle}");
    }
    let opened = accept(&receiver, EVENT).unwrap().open(&Tokio).await.unwrap();
    tokio::time::sleep(Duration::from_secs(29)).await;
    let mut answer = None;
    opened.run(&Tokio, |_| must_not_run(), |reply| answer = Some(reply)).await;
    assert_eq!(answer, Some(Err(Rejection::LeaseOver)));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_given_back_can_be_claimed_at_once() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    accept(&receiver, EVENT).unwrap().open(&Tokio).await.unwrap().release(&Tokio).await;
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_never_works_ends_with_the_lease() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.commits_fail.store(usize::MAX, Ordering::SeqCst);
    let started = Tokio.now();
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    assert!(receiver.drain(Duration::from_secs(60)).await.is_complete());
    let took = Tokio.now().duration_since(started);
    assert!((30..32).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_happened_is_counted() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    assert_eq!(deliver(&receiver, EVENT, done).await, Err(DUPLICATE));
    assert!(deliver(&receiver, OTHER_OCCURRENCE, done).await.is_err());
    assert_eq!(deliver(&receiver, r#"{"id":"2"}"#, || async { Handled::Failed(()) }).await, Ok(()));
    assert!(accept(&receiver, "[]").is_err());
    let expected = [("duplicate", 1), ("failed", 1), ("handled", 1), ("id-conflict", 1), ("unusable-body", 1)];
    assert_eq!(receiver.counts(), expected.into());
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
        let started = Tokio.now();
        assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()), "the effect has happened");
        let waited = Tokio.now().duration_since(started);
        assert!((4000..4500).contains(&waited.as_millis()), "{waited:?}");
        // The commit goes on in the background.
        assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::InFlight));
        failing.store(0, Ordering::SeqCst);
        assert_eq!(receiver.drain(Duration::from_secs(5)).await.running, 0);
        let again = builder::<QrStudio>(&store).build().unwrap();
        assert_eq!(deliver(&again, EVENT, must_not_run).await, Err(DUPLICATE));
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_took_almost_all_the_time_is_answered_in_time() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.commits_hang.store(usize::MAX, Ordering::SeqCst);
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(4300)).await;
        Handled::Done(())
    };
    assert_eq!(deliver(&receiver, EVENT, slow).await, Ok(()));
    store.0.commits_hang.store(0, Ordering::SeqCst);
}

#[tokio::test(start_paused = true)]
async fn an_id_with_another_occurrence_is_a_duplicate_unless_told_otherwise() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    let conflict = Err(Rejection::Duplicate { id_conflict: true });
    assert_eq!(deliver(&receiver, OTHER_OCCURRENCE, must_not_run).await, conflict);

    let receiver = builder::<QrStudio>(&store).with_id_conflict(IdConflict::Deliver).build().unwrap();
    let opened = accept(&receiver, OTHER_OCCURRENCE).unwrap().open(&Tokio).await.unwrap();
    assert!(opened.delivery().id_conflict());
    opened.run(&Tokio, |_| done(), |_| ()).await;
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
async fn a_task_that_is_dropped_is_no_handler_that_finished() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let accepted = accept(&receiver, EVENT).unwrap();
    let task = tokio::spawn(async move {
        accepted.run(&Tokio, |_| pending::<Handled<()>>(), |_| ()).await;
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(receiver.drain(Duration::from_secs(1)).await, Drained { running: 0, abandoned: 1 });
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
fn a_durable_store_widens_the_window_to_the_retries() {
    let volatile = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    assert_eq!(volatile.verifier().window(), Some(Window::both(Duration::from_secs(300))));
    let durable = Shaky(Arc::new(ShakyState { durable: true, ..ShakyState::default() }));
    let durable = builder::<QrStudio>(&durable).build().unwrap();
    let window = Window { past: Duration::from_secs(3 * 3600), future: Duration::from_secs(300) };
    assert_eq!(durable.verifier().window(), Some(window));
}

#[test]
fn settings_that_break_the_promise_are_refused() {
    type Change = fn(ReceiverBuilder<QrStudio>) -> ReceiverBuilder<QrStudio>;
    let seconds = Duration::from_secs;
    let zero = |setting| Some(ConfigError::Zero { setting });
    let floor = seconds(4 * 3600);
    let wide = Window::both(seconds(24 * 3600));
    let cases: [(&str, Change, Option<ConfigError>); 17] = [
        ("defaults", |builder| builder, None),
        ("the floor itself", |builder| builder.with_retention(Duration::from_secs(4 * 3600)), None),
        ("the longest", |builder| builder.with_retention(Terms::MAX), None),
        ("the shortest lease", |builder| builder.with_lease(Duration::from_secs(22)), None),
        ("no retention", |builder| builder.with_retention(Duration::ZERO), zero("retention")),
        ("no lease", |builder| builder.with_lease(Duration::ZERO), zero("lease")),
        ("no handler limit", |builder| builder.with_handler_limit(Duration::ZERO), zero("handler_limit")),
        ("no deadline", |builder| builder.with_deadline(Duration::ZERO), zero("deadline")),
        ("no store time", |builder| builder.with_store_time(Duration::ZERO), zero("store_time")),
        ("no body time", |builder| builder.with_body_time(Duration::ZERO), zero("body_time")),
        ("no body", |builder| builder.with_body_limit(0), zero("body_limit")),
        ("no fields", |builder| builder.with_field_limit(0), zero("field_limit")),
        ("no handlers", |builder| builder.with_max_handlers(0), zero("max_handlers")),
        (
            "room for less than one body",
            |builder| builder.with_unverified_limit(9).with_body_limit(10),
            Some(ConfigError::UnverifiedLimitTooSmall { limit: 9, body_limit: 10 }),
        ),
        (
            "for ever",
            |builder| builder.with_retention(Duration::MAX),
            Some(ConfigError::TooLong { setting: "retention", limit: Terms::MAX }),
        ),
        (
            "shorter than the retries",
            |builder| builder.with_retention(Duration::from_secs(4 * 3600 - 1)),
            Some(ConfigError::RetentionBelowFloor { retention: seconds(4 * 3600 - 1), floor }),
        ),
        (
            "a lease that the handler outlives",
            |builder| builder.with_lease(Duration::from_secs(21)),
            Some(ConfigError::LeaseTooShort { lease: seconds(21), needed: seconds(22) }),
        ),
    ];
    for (name, change, expected) in cases {
        assert_eq!(change(builder::<QrStudio>(&Shaky::default())).build().err(), expected, "{name}");
    }
    let windowed = builder::<QrStudio>(&Shaky::default()).with_window(wide).with_retention(seconds(48 * 3600)).build();
    let (retention, needed) = (seconds(48 * 3600), seconds(48 * 3600 + 600));
    let below = ConfigError::RetentionBelowWindow { retention, needed };
    assert_eq!(windowed.as_ref().err(), Some(&below));
    let refused = windowed.map(drop).unwrap_err().to_string();
    assert!(refused.contains("set at least 173400s, or a smaller window"), "it says what to change: {refused}");
    let enough = builder::<QrStudio>(&Shaky::default()).with_window(wide).with_retention(needed).build();
    assert_eq!(enough.err(), None);
    let secrets = Secrets::one(SECRET).unwrap();
    let nameless = Receiver::<QrStudio>::new(" ", secrets, MemoryStore::new());
    assert_eq!(nameless.err(), Some(ConfigError::EmptyEndpoint));
}

#[test]
fn every_rejection_has_its_answer() {
    let unverified = |error| Rejection::Unverified(error);
    let cases = [
        (Rejection::Method, 405, "method"),
        (unverified(VerifyError::SignatureMismatch), 401, "signature-mismatch"),
        (unverified(VerifyError::MissingToken { field: "f" }), 401, "missing-token"),
        (unverified(VerifyError::BodyTooLarge { limit: 1 }), 413, "body-too-large"),
        (unverified(VerifyError::UnsupportedMediaType), 415, "unsupported-media-type"),
        (unverified(VerifyError::UnusableBody(BodyProblem::NotAnObject)), 400, "unusable-body"),
        (Rejection::BodyTimeout, 408, "body-timeout"),
        (Rejection::BodyIncomplete, 400, "body-incomplete"),
        (Rejection::TooManyBodies, 503, "too-many-bodies"),
        (Rejection::TooManyHandlers, 503, "too-many-handlers"),
        (Rejection::Closing, 503, "closing"),
        (DUPLICATE, 200, "duplicate"),
        (Rejection::Duplicate { id_conflict: true }, 200, "id-conflict"),
        (Rejection::InFlight, 503, "in-flight"),
        (Rejection::Store(StoreErrorKind::Full), 503, "store"),
        (Rejection::HandlerTimeout, 503, "handler-timeout"),
        (Rejection::HandlerStopped, 503, "handler-stopped"),
        (Rejection::HandlerPanicked, 500, "handler-panicked"),
        (Rejection::LeaseOver, 503, "lease-over"),
        (Rejection::TaskGone, 503, "task-gone"),
    ];
    for (rejection, status, reason) in cases {
        assert_eq!(rejection.reason(), reason);
        let response = rejection.to_response();
        assert_eq!(response.status().as_u16(), status, "{reason}");
        assert_eq!(response.headers().contains_key("retry-after"), status == 503, "{reason}");
        assert_eq!(response.headers().contains_key("allow"), status == 405, "{reason}");
        assert!(!response.status().is_redirection() && response.status() != StatusCode::GONE);
        assert_eq!(response.extensions().get::<Rejection>(), Some(&rejection));
    }
    let text = |rejection: Rejection| *rejection.to_response().body();
    let mismatch = unverified(VerifyError::SignatureMismatch);
    assert_eq!(text(mismatch), text(unverified(VerifyError::MissingToken { field: "f" })), "nothing of the reason");
    let texts = [
        (DUPLICATE, "already handled\n"),
        (Rejection::BodyIncomplete, "unusable request\n"),
        (unverified(VerifyError::SignatureMismatch), "not verified\n"),
        (Rejection::Method, "only POST\n"),
        (Rejection::BodyTimeout, "the body took too long\n"),
        (unverified(VerifyError::BodyTooLarge { limit: 1 }), "the body is too large\n"),
        (unverified(VerifyError::UnsupportedMediaType), "unsupported content type\n"),
        (Rejection::InFlight, "try again later\n"),
        (Rejection::HandlerPanicked, "internal error\n"),
    ];
    for (rejection, expected) in texts {
        assert_eq!(text(rejection), expected);
    }
}

#[test]
fn a_rejection_says_what_it_is() {
    let unusable = Rejection::Unverified(VerifyError::UnusableBody(BodyProblem::NotAnObject));
    assert_eq!(unusable.to_string(), "authentic, but the body is not a JSON object");
    assert_eq!(Rejection::Closing.to_string(), "the receiver is draining");
}
