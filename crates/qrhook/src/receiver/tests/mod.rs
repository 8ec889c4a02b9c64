//! Tests of all steps together, with a store that fails on demand and a clock moved by hand.

mod answers;
mod handler;
mod limits;
mod logs;
mod manual;
#[cfg(feature = "metrics")]
mod metrics;
mod once;
mod ready;
mod settings;
#[cfg(feature = "spans")]
mod spans;
mod store;
mod tenants;

use std::{
    future::pending,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::{sync::oneshot, time::Instant};

use super::*;
use crate::{
    body::BodyProblem,
    codeqr::CodeQr,
    provider::{StoreFailure, Window},
    qrplanet::QrPlanet,
    qrstudio::QrStudio,
    rejection::Rejection,
    store::{
        Claim, Key, MemoryStore, Outcome, Settled, StoreError, StoreErrorKind, StoreFuture, StoreProperties, Terms,
    },
    testing::{ManualClock, sign},
    time::UnixTime,
    verify::{Head, VerifyError},
};

const SECRET: &str = "whsec_test";
const NOW: UnixTime = UnixTime::from_secs(1_778_335_283);

/// A clock whose wall time stands still, and whose monotonic time follows the paused time of the tests.
struct PausedClock {
    started: Instant,
}

impl Clock for PausedClock {
    fn unix(&self) -> UnixTime {
        NOW
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
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
    commits_lost: AtomicUsize,
    /// The milliseconds that each commit takes.
    commits_take: AtomicU64,
    claims_hang: AtomicUsize,
    claims_panic: AtomicUsize,
    releases_hang: AtomicUsize,
    releases_lost: AtomicUsize,
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
        if next(&self.0.commits_lost) {
            return Box::pin(async { Ok(Settled::Lost) });
        }
        Box::pin(async {
            let time = Duration::from_millis(self.0.commits_take.load(Ordering::SeqCst));
            if !time.is_zero() {
                tokio::time::sleep(time).await;
            }
            self.0.store.commit(claim).await
        })
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        if next(&self.0.releases_hang) {
            return Box::pin(pending());
        }
        if next(&self.0.releases_lost) {
            return Box::pin(async { Ok(Settled::Lost) });
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

fn builder<P: Provider + Default>(store: &Shaky) -> ReceiverBuilder<P> {
    let secrets = Secrets::one(SECRET).unwrap();
    Receiver::builder("test", secrets, store.clone()).with_clock(PausedClock { started: Instant::now() })
}

/// Sends these pieces of a body. If it is not whole, the next piece never comes.
async fn accept_pieces<P: Provider + Default>(
    receiver: &Receiver<P>,
    headers: &HeaderMap,
    pieces: impl IntoIterator<Item = Result<Bytes, Rejection>>,
    whole: bool,
) -> Result<Accepted<P>, Rejection> {
    let mut pieces = pieces.into_iter();
    let next = move |_: &mut Context<'_>| match pieces.next() {
        None if !whole => Poll::Pending,
        piece => Poll::Ready(piece),
    };
    adapter::accept(receiver, Head::new(&Method::POST, headers), next).await
}

async fn accept<P: Provider + Default>(receiver: &Receiver<P>, body: &str) -> Result<Accepted<P>, Rejection> {
    let request = sign::<P>(SECRET, body.to_owned(), NOW);
    accept_pieces(receiver, &request.headers, [Ok(request.body)], true).await
}

/// Claims as an extractor does.
async fn open<P: Provider + Default>(receiver: &Receiver<P>, body: &str) -> Result<Opened<P>, Rejection> {
    let (work, reply) = accept(receiver, body).await?.open();
    reply.wait(Box::pin(work), spawn).await
}

/// Runs a handler and waits until its claim is settled.
async fn handle<P: Provider + Default, F: Future<Output = Answer<()>>>(
    opened: Opened<P>,
    handler: impl FnOnce() -> F,
) -> Result<(), Rejection> {
    let (work, reply) = opened.handle(|_| handler());
    work.await;
    reply.received().await
}

/// Drops an opened delivery, and lets the release that this spawns run.
async fn give_back<P: Provider + Default>(opened: Opened<P>) {
    drop(opened);
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Sends a delivery as an adapter does.
async fn deliver<P, F>(
    receiver: &Receiver<P>,
    body: &str,
    handler: impl FnOnce() -> F + Send + 'static,
) -> Result<(), Rejection>
where
    P: Provider + Default,
    F: Future<Output = Answer<()>> + Send + 'static,
{
    let (work, reply) = accept(receiver, body).await?.handle(|_| handler());
    reply.wait(Box::pin(work), spawn).await
}

fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(work);
}

fn answer(handled: Handled) -> Answer<()> {
    Answer { response: (), handled }
}

async fn done() -> Answer<()> {
    answer(Handled::Done { status: None })
}

async fn failed() -> Answer<()> {
    answer(Handled::Failed { status: Some(StatusCode::IM_A_TEAPOT) })
}

async fn must_not_run() -> Answer<()> {
    panic!("the handler ran")
}

const EVENT: &str = r#"{"id":"evt_1","type":"t","created_at":"2026-05-09T14:01:23Z"}"#;
const OTHER_OCCURRENCE: &str = r#"{"id":"evt_1","type":"t","created_at":"2026-05-09T14:01:24Z"}"#;
const DUPLICATE: Rejection = Rejection::Duplicate { id_conflict: false };
