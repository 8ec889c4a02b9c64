//! The way of a delivery, from the request to the answer.
//!
//! The order of the steps is written once, here, in two halves:
//!
//! - *open*: [`Receiver::begin`] reads the headers, [`Intake::push`] the body, [`Receiver::accept`] verifies and
//!   decodes, and [`Accepted::open`] claims. What comes out is a delivery with its claim, or an answer.
//! - *settle*: [`Opened::run`] runs the handler and commits or releases, from what the handler says.
//!
//! An adapter for a framework translates types, reads the body, brings timers ([`Host`]) and runs
//! [`Accepted::run`] in a task of its own, so that a handler does not die with its client.

mod accepted;
mod config;
mod counts;
mod host;
mod load;
mod opened;
mod steps;
mod sweeper;
mod verdict;

use std::{
    collections::BTreeMap,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use http::{Method, StatusCode};

pub use self::{
    accepted::Accepted,
    config::{ConfigError, ContentDedupe, IdConflict, ReceiverBuilder},
    host::{Host, within},
    load::Drained,
    opened::{Handled, Opened},
    verdict::Verdict,
};
use self::{config::Settings, counts::Counts, load::Load, sweeper::Sweeper};
pub use crate::intake::Intake;
use crate::{
    clock::Clock,
    provider::Provider,
    rejection::Rejection,
    secret::Secrets,
    store::{Store, Terms},
    verify::{Headers, Verifier},
};

/// Receives the deliveries of one hook, and hands each event over once. A cheap handle: clones share everything.
///
/// ```
/// use std::time::Duration;
/// use qrhook::{ConfigError, MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
///
/// let secrets = Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001")?;
/// let receiver = Receiver::<QrStudio>::new("crm-sync", secrets.clone(), MemoryStore::new())?;
/// assert_eq!(receiver.endpoint(), "crm-sync");
///
/// // Settings that would lose an event or handle one twice are refused, with what to change.
/// let forgetful = Receiver::<QrStudio>::builder("crm-sync", secrets, MemoryStore::new())
///     .with_retention(Duration::from_secs(60))
///     .build();
/// assert!(matches!(forgetful, Err(ConfigError::RetentionBelowFloor { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Receiver<P: Provider> {
    inner: Arc<Inner<P>>,
}

struct Inner<P: Provider> {
    endpoint: String,
    verifier: Verifier<P>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    terms: Terms,
    load: Load,
    counts: Counts,
    sweeper: Sweeper,
}

impl<P: Provider> Receiver<P> {
    /// A receiver with the sender's own settings.
    ///
    /// `endpoint` is your name for this hook. It is part of every key in the store, so two hooks that share a store
    /// do not share ids, and a new name forgets what was handled under the old one.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the endpoint has no name.
    pub fn new(endpoint: impl Into<String>, secrets: Secrets, store: impl Store) -> Result<Self, ConfigError> {
        Self::builder(endpoint, secrets, store).build()
    }

    /// A receiver with settings of your own.
    pub fn builder(endpoint: impl Into<String>, secrets: Secrets, store: impl Store) -> ReceiverBuilder<P> {
        ReceiverBuilder::new(endpoint.into(), secrets, store)
    }

    /// Starts reading a request that arrived at this moment.
    ///
    /// # Errors
    ///
    /// Whatever can be said without the body: see [`Intake::begin`]. While the receiver drains, everything is refused.
    pub fn begin(&self, method: &Method, headers: impl Headers, now: Instant) -> Result<Intake<P>, Rejection> {
        let inner = &self.inner;
        let begun = inner.load.check_open().and_then(|()| Intake::begin(&inner.verifier, method, headers, now));
        begun.inspect_err(|rejection| self.log(rejection))
    }

    /// Verifies and decodes a request that was read to its end, and takes a place among the running handlers for it.
    ///
    /// # Errors
    ///
    /// [`Rejection::Unverified`] with the reason, [`Rejection::TooManyHandlers`], or [`Rejection::Closing`].
    pub fn accept(&self, intake: Intake<P>) -> Result<Accepted<P>, Rejection> {
        let started = intake.started();
        let accepted = intake.verify(self.inner.clock.unix()).map_err(Rejection::from).and_then(|delivery| {
            Ok(Accepted { receiver: self.clone(), delivery, running: self.inner.load.enter()?, started })
        });
        accepted.inspect_err(|rejection| self.log(rejection))
    }

    /// Refuses new work and waits for the running handlers, at most this long. Call it before the server stops.
    pub async fn drain(&self, timeout: Duration) -> Drained {
        self.inner.load.close();
        self.inner.load.idle(timeout).await;
        let left = self.inner.load.left();
        if !left.is_complete() {
            let Drained { running, abandoned } = left;
            tracing::error!(
                sender = P::NAME,
                endpoint = self.endpoint(),
                running,
                abandoned,
                "the drain is incomplete"
            );
        }
        left
    }

    /// The name of this hook.
    pub fn endpoint(&self) -> &str {
        &self.inner.endpoint
    }

    /// What verifies the requests.
    pub fn verifier(&self) -> &Verifier<P> {
        &self.inner.verifier
    }

    /// How long after its start a request is answered at the latest.
    pub fn deadline(&self) -> Duration {
        self.inner.settings.deadline
    }

    /// Judges a handler's answer.
    ///
    /// A 2xx is done, everything else has failed. A 3xx or 410 becomes 500, and is logged: senders take a redirect for
    /// anything, and 410 for the end of the hook.
    pub fn judge(&self, status: StatusCode) -> Verdict {
        let verdict = Verdict::of(status);
        if matches!(verdict, Verdict::Failed(changed) if changed != status) {
            let (endpoint, status) = (self.endpoint(), status.as_u16());
            tracing::error!(sender = P::NAME, endpoint, status, "a handler must not answer this; it becomes 500");
        }
        verdict
    }

    /// How often what happened since this receiver was built, for the metrics of your program: `handled`, `failed`
    /// (the handler said so), `unclaimed`, `id-conflict`, and every other [`Rejection::reason`].
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.inner.counts.read()
    }

    /// Logs and counts a rejection that an adapter found itself, such as a body that broke off.
    pub fn log(&self, rejection: &Rejection) {
        self.count(rejection.reason());
        rejection.log(P::NAME, self.endpoint());
    }

    fn count(&self, name: &'static str) {
        self.inner.counts.add(name);
    }

    /// Waits for the reply of [`Accepted::run`] or [`Opened::run`], until the deadline of its request.
    ///
    /// `reply` gives `None` when the task is gone without one, because its runtime is shutting down.
    ///
    /// # Errors
    ///
    /// The rejection that was the reply, [`Rejection::HandlerTimeout`], or [`Rejection::TaskGone`].
    pub async fn reply<T>(
        &self,
        host: &impl Host,
        started: Instant,
        reply: impl Future<Output = Option<Result<T, Rejection>>>,
    ) -> Result<T, Rejection> {
        let left = self.deadline().saturating_sub(host.now().saturating_duration_since(started));
        let rejection = match within(reply, host.sleep(left)).await {
            Some(Some(reply)) => return reply,
            Some(None) => Rejection::TaskGone,
            None => Rejection::HandlerTimeout,
        };
        self.log(&rejection);
        Err(rejection)
    }
}

impl<P: Provider> Clone for Receiver<P> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<P: Provider> fmt::Debug for Receiver<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("endpoint", &self.inner.endpoint)
            .field("verifier", &self.inner.verifier)
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(any(test, feature = "testing"))]
mod tests;
