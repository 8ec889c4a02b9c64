//! The whole way, with a store that fails on demand and a clock that is moved by hand.

mod answers;
mod handler;
mod left;
mod limits;
mod once;
mod settings;
mod store;

use std::{
    future::pending,
    sync::atomic::{AtomicUsize, Ordering},
};

use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::sync::oneshot;

use super::*;
use crate::{
    body::BodyProblem,
    codeqr::CodeQr,
    provider::{StoreFailure, Window},
    qrplanet::QrPlanet,
    qrstudio::QrStudio,
    store::{
        Claim, Key, MemoryStore, Outcome, Settled, StoreError, StoreErrorKind, StoreFuture, StoreProperties, Terms,
    },
    testing::{ManualClock, sign},
    time::UnixTime,
    verify::VerifyError,
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
    needs_sweeps: bool,
    sweeps: AtomicUsize,
    sweeps_fail: AtomicUsize,
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
        self.0.sweeps.fetch_add(1, Ordering::SeqCst);
        if next(&self.0.sweeps_fail) {
            return Box::pin(async { Err(StoreError::unavailable("no sweeps today")) });
        }
        self.0.store.sweep(limit)
    }

    fn properties(&self) -> StoreProperties {
        let properties = if self.0.durable { StoreProperties::durable() } else { StoreProperties::volatile() };
        properties.with_needs_sweeps(self.0.needs_sweeps)
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
