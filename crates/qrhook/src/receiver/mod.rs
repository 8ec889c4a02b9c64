//! The order of the steps, from a request to its answer.
//!
//! A [`Receiver`] is built once for each hook, given to a layer or to extractors, and drained before the program ends. The
//! steps themselves are in [`adapter`], for whoever connects another framework.
//!
//! Behind the feature `receiver`, which the adapters turn on: it needs tokio's timers.

pub mod adapter;

mod accept;
mod bounded_body;
mod builder;
mod claim;
mod counts;
mod drain;
mod error;
mod handle;
mod lease;
mod place;
mod reply;
mod settings;
mod settle;
mod shield;
mod status;
mod step;
mod sweep;
mod timer;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, OnceLock, atomic::Ordering},
    time::Duration,
};

use self::{
    accept::Accepted,
    counts::Counts,
    handle::Opened,
    place::Places,
    reply::Reply,
    settings::Settings,
    status::{Answer, Handled},
    sweep::Sweeper,
};
pub use self::{
    builder::ReceiverBuilder,
    drain::Drained,
    error::ConfigError,
    settings::{ContentDedupe, IdConflict},
};
use crate::{
    clock::Clock,
    delivery::Verifier,
    provider::Provider,
    rejection::Rejection,
    secret::Secrets,
    store::{Store, Terms},
};

/// Receives the deliveries of one hook, and delivers each event once. A cheap handle: clones share everything.
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
    places: Places,
    counts: Counts,
    sweeper: Sweeper,
    /// Set once the runtime is known to have timers.
    timers: OnceLock<()>,
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

    /// The name of this hook.
    pub fn endpoint(&self) -> &str {
        &self.inner.endpoint
    }

    /// The verifier of the requests.
    pub fn verifier(&self) -> &Verifier<P> {
        &self.inner.verifier
    }

    /// How long after its arrival a request is answered at the latest, unless a handler or the store blocks its thread.
    pub fn deadline(&self) -> Duration {
        self.inner.settings.deadline
    }

    /// Counters since the receiver was built, for the metrics of your program: `handled`, `failed` (by the handler's
    /// answer), `unclaimed`, `id-conflict`, `abandoned` and `uncommitted` (see [`Drained`]), and every other [`Rejection::reason`].
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let places = self.inner.places.shared();
        let mut counts = self.inner.counts.read();
        for (name, count) in [("abandoned", &places.abandoned), ("uncommitted", &places.uncommitted)] {
            let count = u64::try_from(count.load(Ordering::SeqCst)).unwrap_or(u64::MAX);
            counts.extend((count > 0).then_some((name, count)));
        }
        counts
    }

    /// Logs and counts a rejection.
    fn log(&self, rejection: &Rejection) {
        self.count(rejection.reason());
        rejection.log(P::NAME, self.endpoint());
    }

    fn count(&self, name: &'static str) {
        self.inner.counts.add(name);
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
