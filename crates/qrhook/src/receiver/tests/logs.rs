//! The log lines about an event.

use std::{
    fmt::Debug,
    sync::{Mutex, atomic::AtomicU64},
};

use tracing::{
    Event, Id, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Record},
};

use super::*;
use crate::{Secret, Tenants, standardwebhooks::StandardWebhooks};

/// Records the lines of one thread, each with its level and fields.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(Level, String)>>>, Arc<AtomicU64>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!("{}={value:?} ", field.name()));
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(self.1.fetch_add(1, Ordering::SeqCst).saturating_add(1))
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = String::new();
        event.record(&mut Fields(&mut line));
        self.0.lock().unwrap().push((*event.metadata().level(), line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Log {
    fn lines(&self, level: Level) -> Vec<String> {
        let lines = self.0.lock().unwrap();
        lines.iter().filter(|(found, _)| *found == level).map(|(_, line)| line.clone()).collect()
    }
}

impl Log {
    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(level, line)| format!("{level} {line}")).collect()
    }

    /// Returns the only line that contains this text.
    fn only(&self, text: &str) -> String {
        let lines = self.all();
        let found: Vec<_> = lines.iter().filter(|line| line.contains(text)).collect();
        let [line] = found[..] else { panic!("one line with `{text}`: {lines:#?}") };
        line.clone()
    }
}

/// An event without an oddity.
const EVENT: &str =
    r#"{"id":"evt_1","type":"scan.created","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;

const ABOUT: [&str; 4] = ["sender=\"qrstudio\"", "endpoint=\"test\"", "id=\"evt_1\"", "event_type=\"scan.created\""];

fn assert_parts(line: &str, parts: &[&str]) {
    for part in parts {
        assert!(line.contains(&format!("{part} ")), "{part}: {line}");
    }
}

fn logging() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    (log.clone(), tracing::subscriber::set_default(log))
}

fn receiver() -> Receiver<QrStudio> {
    builder::<QrStudio>(&Shaky::default()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_fails_is_one_warning_with_what_it_was_about() {
    let (log, _logging) = logging();
    let receiver = receiver();
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        answer(Handled::Failed { status: Some(StatusCode::INTERNAL_SERVER_ERROR) })
    };
    assert_eq!(deliver(&receiver, EVENT, slow).await, Ok(()));
    let warnings = log.lines(Level::WARN);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_parts(&warnings[0], &ABOUT);
    assert_parts(&warnings[0], &["outcome=\"failed\"", "status=500", "took_ms=1500"]);
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    assert_eq!(log.lines(Level::WARN).len(), 1, "a success is not a warning");
}

#[tokio::test(start_paused = true)]
async fn each_end_of_a_delivery_is_one_line() {
    let (log, _logging) = logging();
    let receiver = receiver();
    let no_content = || async { answer(Handled::Done { status: Some(StatusCode::NO_CONTENT) }) };
    assert_eq!(deliver(&receiver, EVENT, no_content).await, Ok(()));
    let line = log.only("outcome=");
    assert!(line.starts_with("INFO "), "{line}");
    assert_parts(&line, &ABOUT);
    assert_parts(&line, &["outcome=\"handled\"", "status=204", "took_ms=0"]);

    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(DUPLICATE));
    let line = log.only("reason=");
    assert!(line.starts_with("INFO "), "{line}");
    assert_parts(&line, &ABOUT);
    assert_parts(&line, &["outcome=\"rejected\"", "reason=\"duplicate\"", "status=200"]);
    assert_eq!(log.all().len(), 2, "{:?}", log.all());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_a_line_and_the_end_of_its_handler_another() {
    let (log, _logging) = logging();
    let receiver = receiver();
    let slow = || async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        answer(Handled::Done { status: None })
    };
    assert_eq!(deliver(&receiver, EVENT, slow).await, Err(Rejection::HandlerTimeout));
    let line = log.only("reason=\"handler-timeout\"");
    assert_parts(&line, &ABOUT);
    assert_parts(&line, &["status=503", "took_ms=4500"]);
    assert!(!line.contains("outcome="), "it is not the end: {line}");
    assert!(receiver.drain(Duration::from_secs(60)).await.is_complete());
    assert_parts(&log.only("outcome=\"handled\""), &["took_ms=10000"]);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_dropped_is_an_error_with_what_it_was_about() {
    let (log, _logging) = logging();
    let receiver = receiver();
    let (work, reply) = accept(&receiver, EVENT).await.unwrap().handle(|_| pending::<Answer<()>>());
    assert_eq!(reply.wait(Box::pin(work), drop).await, Err(Rejection::TaskGone));
    let line = log.only("outcome=\"abandoned\"");
    assert!(line.starts_with("ERROR "), "{line}");
    assert_parts(&line, &ABOUT);
}

#[tokio::test(start_paused = true)]
async fn the_failures_of_a_store_tell_which_event_they_hit() {
    let (log, _logging) = logging();
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.claims_fail.store(1, Ordering::SeqCst);
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::Store(StoreErrorKind::Unavailable)));
    assert_parts(&log.only("step=\"claim\""), &ABOUT);
    assert_parts(&log.only("reason=\"store\""), &ABOUT);

    store.0.commits_fail.store(1, Ordering::SeqCst);
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    let line = log.only("step=\"commit\"");
    assert_parts(&line, &ABOUT);
    assert_parts(&line, &["cause=\"no commits today\""]);
}

#[tokio::test(start_paused = true)]
async fn an_unverified_request_is_one_line_that_quotes_nothing_of_it() {
    let (log, _logging) = logging();
    let receiver = receiver();
    let mut request = sign::<QrStudio>("whsec_other", "\u{feff}{\"planted\":1}", NOW);
    request.headers.insert("x-planted", HeaderValue::from_static("planted"));
    let refused = accept_pieces(&receiver, &request.headers, [Ok(request.body)], true).await.unwrap_err();
    assert_eq!(refused, Rejection::Unverified(VerifyError::SignatureMismatch));
    let [line] = &log.all()[..] else { panic!("one line: {:?}", log.all()) };
    let hint =
        "hint=\"the body begins with a byte order mark, which a tool may have added. try `qrhook doctor qrstudio`\"";
    assert_parts(
        line,
        &["sender=\"qrstudio\"", "endpoint=\"test\"", "reason=\"signature-mismatch\"", "status=401", hint],
    );
    let signature = request.headers["x-qrstudio-signature"].to_str().unwrap().to_owned();
    for planted in ["planted", "whsec_", signature.split_once("v1=").unwrap().1] {
        assert!(!line.contains(planted), "{planted}: {line}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_of_another_sender_is_recognised() {
    let (log, _logging) = logging();
    let receiver = receiver();
    let request = sign::<CodeQr>(SECRET, "{}", NOW);
    accept_pieces(&receiver, &request.headers, [Ok(request.body)], true).await.unwrap_err();
    let line = log.only("reason=\"missing-signature\"");
    assert!(
        line.contains("hint=\"the request has a `codeqr-signature` header: is this another sender's hook?"),
        "{line}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_oddity_is_one_warning_an_hour_with_its_member() {
    let (log, _logging) = logging();
    let receiver = receiver();
    for number in 0..3 {
        let event = format!(r#"{{"id":"evt_{number}","type":"scan.created","data":{{"owner_id":"planted"}}}}"#);
        assert_eq!(deliver(&receiver, &event, done).await, Ok(()));
    }
    let line = log.only("member=\"data.owner_id\"");
    assert!(line.starts_with("WARN ") && !line.contains("planted"), "{line}");
    tokio::time::advance(Duration::from_secs(3600)).await;
    let event = r#"{"id":"evt_3","type":"scan.created","data":{"owner_id":"planted"}}"#;
    assert_eq!(deliver(&receiver, event, done).await, Ok(()));
    assert_eq!(log.lines(Level::WARN).len(), 2, "{:?}", log.all());
}

#[tokio::test(start_paused = true)]
async fn an_unknown_type_is_one_warning_an_hour() {
    let (log, _logging) = logging();
    let receiver = receiver();
    for number in 0..3 {
        let event = format!(r#"{{"id":"evt_{number}","type":"scan.deleted","data":{{}}}}"#);
        assert_eq!(deliver(&receiver, &event, done).await, Ok(()));
    }
    assert_parts(&log.only("the type of this event is unknown"), &["event_type=\"scan.deleted\""]);
}

#[tokio::test(start_paused = true)]
async fn an_id_makes_no_line_of_its_own_and_no_long_one() {
    let (log, _logging) = logging();
    let id = format!("a\\nERROR {}", "x".repeat(10_000));
    let event = format!(r#"{{"id":"{id}","type":"scan.created","data":{{"short_id":"a"}}}}"#);
    assert_eq!(deliver(&receiver(), &event, failed).await, Ok(()));
    let [warning] = &log.lines(Level::WARN)[..] else { panic!("one line") };
    assert!(!warning.contains('\n') && warning.len() < 400, "{warning}");
}

#[tokio::test(start_paused = true)]
async fn a_failed_proof_points_to_the_doctor_and_an_unusable_body_does_not() {
    let (log, _logging) = logging();
    let receiver = receiver();
    let request = sign::<QrStudio>("whsec_other", "{}", NOW);
    accept_pieces(&receiver, &request.headers, [Ok(request.body)], true).await.unwrap_err();
    assert!(log.only("reason=\"signature-mismatch\"").contains("hint=\"try `qrhook doctor qrstudio`\""));
    let mut encoded = sign::<QrStudio>("whsec_other", "{}", NOW);
    encoded.headers.insert(http::header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    accept_pieces(&receiver, &encoded.headers, [Ok(encoded.body)], true).await.unwrap_err();
    log.only("hint=\"the request has a content encoding: a proxy may have changed the body. try");
    accept(&receiver, "[]").await.unwrap_err();
    assert!(!log.only("reason=\"unusable-body\"").contains("hint="));
}

#[tokio::test(start_paused = true)]
async fn only_a_drain_that_left_work_is_an_error() {
    const LEFT: &str = "the drain left work behind";
    let (log, _logging) = logging();
    let receiver = receiver();
    assert_eq!(receiver.drain(Duration::from_secs(1)).await, Drained::default());
    assert_eq!(log.lines(Level::ERROR), Vec::<String>::new());

    let busy = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let running = accept(&busy, EVENT).await.unwrap();
    assert_eq!(busy.drain(Duration::from_secs(1)).await.running, 1);
    assert_parts(&log.only(LEFT), &["running=1", "abandoned=0", "uncommitted=0"]);
    drop(running);

    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.commits_fail.store(usize::MAX, Ordering::SeqCst);
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    assert_eq!(receiver.drain(Duration::from_secs(25)).await.uncommitted, 1);
    log.only("running=0 abandoned=0 uncommitted=1");
}

#[test]
fn a_secret_without_its_usual_prefix_is_a_warning_with_its_place() {
    let (log, _logging) = logging();
    let secrets = ["whsec_1", "2", "whsec_3"].map(|text| crate::Secret::new(text).unwrap());
    drop(crate::Verifier::<QrStudio>::new(Secrets::new(secrets).unwrap()));
    assert_parts(&log.only("does not start with `whsec_`"), &["sender=\"qrstudio\"", "position=1"]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_or_is_stopped_has_failed() {
    let (log, _logging) = logging();
    let receiver = receiver();
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::HandlerPanicked));
    let line = log.only("reason=\"handler-panicked\"");
    assert!(line.starts_with("ERROR "), "{line}");
    assert_parts(&line, &["outcome=\"failed\"", "status=500"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_stranger_causes_is_never_an_error() {
    let (log, _logging) = logging();
    let receiver = receiver();
    let request = sign::<QrStudio>("whsec_other", "{}", NOW);
    accept_pieces(&receiver, &request.headers, [Ok(request.body)], true).await.unwrap_err();
    accept_pieces(&receiver, &request.headers, [], false).await.unwrap_err();
    adapter::accept(&receiver, Head::new(&Method::GET, &HeaderMap::new()), |_: &mut Context<'_>| Poll::Ready(None))
        .await
        .unwrap_err();
    let lines = log.all();
    assert!(lines.len() == 3 && lines.iter().all(|line| line.starts_with("WARN ")), "{lines:#?}");
    receiver.drain(Duration::ZERO).await;
    accept(&receiver, EVENT).await.unwrap_err();
    assert!(log.only("reason=\"closing\"").starts_with("INFO "));
}

#[tokio::test(start_paused = true)]
async fn an_id_that_returns_is_a_warning_whether_it_is_delivered_or_not() {
    const AGAIN: &str =
        r#"{"id":"evt_1","type":"scan.created","created_at":"2026-05-09T14:01:24Z","data":{"short_id":"aBc12dEf"}}"#;
    for (id_conflict, expected) in [
        (
            IdConflict::Deliver,
            "another event with this id, of another type or creation time, was handled before; this one",
        ),
        (IdConflict::Duplicate, "reason=\"id-conflict\""),
    ] {
        let (log, _logging) = logging();
        let receiver = builder::<QrStudio>(&Shaky::default()).with_id_conflict(id_conflict).build().unwrap();
        assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
        let _ = deliver(&receiver, AGAIN, done).await;
        let line = log.only(expected);
        assert!(line.starts_with("WARN "), "{line}");
        assert_parts(&line, &ABOUT);
    }
}

#[tokio::test(start_paused = true)]
async fn every_trouble_with_a_claim_tells_which_event_it_hit() {
    let (log, _logging) = logging();
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.commits_lost.store(1, Ordering::SeqCst);
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    let line = log.only("the claim was lost before its commit");
    assert!(line.starts_with("ERROR "), "{line}");
    assert_parts(&line, &ABOUT);

    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.releases_lost.store(1, Ordering::SeqCst);
    assert_eq!(deliver(&receiver, EVENT, failed).await, Ok(()));
    let line = log.only("the claim was lost before its release");
    assert!(line.starts_with("WARN "), "{line}");
    assert_parts(&line, &ABOUT);

    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.commits_fail.store(usize::MAX, Ordering::SeqCst);
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    let line = log.only("not committed before the deadline");
    assert!(line.starts_with("ERROR "), "{line}");
    assert_parts(&line, &ABOUT);
    receiver.drain(Duration::from_secs(60)).await;
    let line = log.only("gave up on the commit");
    assert!(line.starts_with("ERROR "), "{line}");
    assert_parts(&line, &ABOUT);
}

#[tokio::test(start_paused = true)]
async fn a_step_of_the_store_without_an_event_is_an_error_too() {
    let (log, _logging) = logging();
    let store = Shaky(Arc::new(ShakyState { needs_sweeps: true, ..ShakyState::default() }));
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.sweeps_fail.store(1, Ordering::SeqCst);
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_parts(&log.only("step=\"sweep\""), &["sender=\"qrstudio\"", "cause=\"no sweeps today\""]);
    store.0.claims_fail.store(1, Ordering::SeqCst);
    let refused = receiver.ready().await.unwrap_err();
    assert_eq!(refused.to_string(), "the store is unavailable");
    assert!(log.only("step=\"probe\"").starts_with("ERROR "));
}

#[tokio::test(start_paused = true)]
async fn a_status_that_a_handler_must_not_use_is_an_error_and_others_are_not() {
    let (log, _logging) = logging();
    let receiver = receiver();
    for status in [200, 404, 500] {
        adapter::judge(&receiver, StatusCode::from_u16(status).unwrap(), None);
    }
    assert_eq!(log.all(), Vec::<String>::new());
    let (sent, handled) = adapter::judge(&receiver, StatusCode::GONE, None);
    assert_eq!((sent.as_u16(), handled), (500, Handled::Failed { status: Some(StatusCode::GONE) }));
    assert_parts(&log.only("a handler must not respond with this status"), &["status=410"]);
    // A rejection in the response counts only with its own status.
    let rejection = Some(&Rejection::InFlight);
    let (_, handled) = adapter::judge(&receiver, StatusCode::SERVICE_UNAVAILABLE, rejection);
    assert_eq!(handled, Handled::Rejected(Rejection::InFlight));
    let (_, handled) = adapter::judge(&receiver, StatusCode::OK, rejection);
    assert_eq!(handled, Handled::Done { status: Some(StatusCode::OK) });
}

#[tokio::test(start_paused = true)]
async fn a_line_names_its_tenant_if_there_is_one_of_that_name() {
    let (log, _logging) = logging();
    let tenants = Tenants::new(|name| async move {
        match &*name {
            "acme" => Ok(Some(Secrets::one(SECRET).unwrap())),
            "down" => Err("connection refused"),
            _ => Ok(None),
        }
    });
    let receiver = Receiver::<QrStudio>::builder("test", tenants, Shaky::default())
        .with_clock(PausedClock { started: Instant::now() })
        .build()
        .unwrap();
    let deliver_at = async |path: &str, secret: &str| {
        let request = sign::<QrStudio>(secret, EVENT, NOW);
        let mut body = Some(Ok(request.body));
        let head = Head::new(&Method::POST, &request.headers).with_path(path);
        let accepted = adapter::accept(&receiver, head, |_: &mut Context<'_>| Poll::Ready(body.take())).await?;
        let (work, reply) = accepted.handle(|_| done());
        reply.wait(Box::pin(work), spawn).await
    };
    deliver_at("/acme", SECRET).await.unwrap();
    assert_parts(&log.only("the event was handled"), &ABOUT);
    assert_parts(&log.only("the event was handled"), &["tenant=\"acme\""]);
    deliver_at("/acme", "whsec_other").await.unwrap_err();
    assert_parts(&log.only("signature-mismatch"), &["tenant=\"acme\"", "endpoint=\"test\""]);
    deliver_at("/stranger", SECRET).await.unwrap_err();
    assert_parts(&log.only("unknown-tenant"), &["endpoint=\"test\""]);
    deliver_at("/down", SECRET).await.unwrap_err();
    assert_parts(&log.only("tenant-source"), &["status=503"]);
    assert!(log.only("the look-up of a tenant failed").contains("connection refused"));
    assert!(!log.all().iter().any(|line| line.contains("stranger")), "{:#?}", log.all());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_signed_with_a_replaced_secret_is_recognised() {
    let (log, _logging) = logging();
    let secret = |text: &str| Secret::new(text).unwrap().with_label(format!("label of {text}"));
    let secrets = Secrets::from(secret("old"));
    let now = UnixTime::now();
    let receiver = Receiver::<QrStudio>::builder("test", secrets.clone(), Shaky::default())
        .with_clock(ManualClock::at(now))
        .build()
        .unwrap();
    let refused = async |text: &str| {
        let request = sign::<QrStudio>(text, EVENT, now);
        accept_pieces(&receiver, &request.headers, [Ok(request.body)], true).await.unwrap_err();
    };
    refused("never").await;
    assert!(log.only("signature-mismatch").contains("hint=\"try `qrhook doctor"), "{:?}", log.all());
    secrets.replace([secret("new")]).unwrap();
    refused("old").await;
    assert_parts(&log.only("signed with the secret"), &["reason=\"signature-mismatch\"", "status=401"]);
    assert!(log.only("signed with the secret").contains("label of old"));
    refused("never").await;
    assert!(log.only("no request has matched since").contains("doctor"), "{:?}", log.all());
    // The new secret is right, so a stranger is only a stranger.
    let request = sign::<QrStudio>("new", EVENT, now);
    drop(accept_pieces(&receiver, &request.headers, [Ok(request.body)], true).await.unwrap());
    refused("never").await;
    assert_eq!(log.all().iter().filter(|line| line.contains("no request has matched since")).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stranger_causes_a_bounded_number_of_looks_at_replaced_secrets() {
    let (log, _logging) = logging();
    let secrets = Secrets::one("old").unwrap();
    let builder = Receiver::<QrStudio>::builder("test", secrets.clone(), Shaky::default());
    let receiver = builder.with_clock(ManualClock::at(NOW)).build().unwrap();
    secrets.replace([Secret::new("new").unwrap()]).unwrap();
    let looks = || log.all().iter().filter(|line| line.contains("signed with a secret")).count();
    let request = sign::<QrStudio>("old", EVENT, NOW);
    for _ in 0..50 {
        accept_pieces(&receiver, &request.headers, [Ok(request.body.clone())], true).await.unwrap_err();
    }
    assert_eq!(looks(), 16);
    tokio::time::advance(Duration::from_secs(1)).await;
    for _ in 0..5 {
        accept_pieces(&receiver, &request.headers, [Ok(request.body.clone())], true).await.unwrap_err();
    }
    assert_eq!(looks(), 17);
}

#[tokio::test(start_paused = true)]
async fn a_tenants_secret_that_cannot_be_a_key_is_named_in_the_log() {
    let (log, _logging) = logging();
    let tenants = Tenants::listed([("acme".to_owned(), Secrets::one("plain-text").unwrap())]);
    let receiver = Receiver::<StandardWebhooks>::new("test", tenants, Shaky::default()).unwrap();
    let request = sign::<StandardWebhooks>("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "{}", UnixTime::now());
    let mut body = Some(Ok(request.body));
    let head = Head::post(&request.headers).with_path("/hooks/acme");
    adapter::accept(&receiver, head, move |_: &mut Context<'_>| Poll::Ready(body.take())).await.unwrap_err();
    let line = log.only("signature-mismatch");
    assert!(
        line.contains("hint=\"the secret at position 0 proves nothing: the secret does not encode a key"),
        "{line}"
    );

    let ours = Receiver::<StandardWebhooks>::new(
        "test",
        Secrets::one("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap(),
        Shaky::default(),
    );
    let refused = ours.unwrap().for_tenant("acme", Secrets::one("plain-text").unwrap()).err();
    assert!(matches!(refused, Some(ConfigError::UnusableSecret { position: 0, .. })), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_secret_past_its_time_proves_nothing_and_is_recognised() {
    let (log, _logging) = logging();
    let until = UnixTime::from_secs(NOW.as_secs() + 10);
    let secret = || Secret::new(SECRET).unwrap().with_not_after(until);
    let clock = ManualClock::at(NOW);
    let receiver = Receiver::<QrStudio>::builder("test", Secrets::from(secret()), Shaky::default())
        .with_clock(clock.clone())
        .build()
        .unwrap();
    let planet = Receiver::<QrPlanet>::builder("test", Secrets::from(secret()), Shaky::default())
        .with_clock(clock.clone())
        .build()
        .unwrap();
    clock.advance(Duration::from_secs(10));
    assert!(accept(&receiver, EVENT).await.is_ok(), "the last second counts");
    assert!(accept(&planet, "event=QR_CODE_SCANNED").await.is_ok());
    clock.advance(Duration::from_secs(1));
    assert_eq!(accept(&receiver, EVENT).await.err(), Some(VerifyError::SignatureMismatch.into()));
    assert!(log.only("signature-mismatch").contains("which has not been accepted since"), "{:?}", log.all());
    let refused = accept(&planet, "event=QR_CODE_SCANNED").await.err();
    assert_eq!(refused, Some(VerifyError::TokenMismatch { field: "secrettoken" }.into()));
    assert!(log.only("token-mismatch").contains("which has not been accepted since"), "{:?}", log.all());
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_is_dropped_unhandled_is_one_warning() {
    let (log, _logging) = logging();
    let receiver = receiver();
    give_back(open(&receiver, EVENT).await.unwrap()).await;
    let line = log.only("dropped before it was handled");
    assert!(line.contains("outcome=\"failed\""), "{line}");
    assert_parts(&line, &ABOUT);
    assert_eq!(receiver.counts(), [("failed", 1)].into());
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()), "it is released");
}

/// The event was handled, and only its commit is lost.
#[tokio::test(start_paused = true)]
async fn a_task_that_is_dropped_during_its_commit_has_one_end_and_a_commit_that_is_given_up() {
    let (log, _logging) = logging();
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.commits_fail.store(1000, Ordering::SeqCst);
    let (work, reply) = accept(&receiver, EVENT).await.unwrap().handle(|_| done());
    let task = tokio::spawn(work);
    assert_eq!(reply.received().await, Ok(()));
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    log.only("outcome=\"handled\"");
    log.only("gave up on the commit");
    assert!(!log.all().iter().any(|line| line.contains("abandoned")), "{:#?}", log.all());
}
