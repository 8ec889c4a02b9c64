//! The receiver of one hook, which verifies, claims and settles each delivery.
//!
//! Build a [`Receiver`] once for each hook, pass it to a layer or to extractors, and drain it before the program ends.
//! To connect another framework, use the steps in [`adapter`].
//!
//! Behind the `receiver` feature, which the adapters turn on. It needs tokio's timers.

pub mod adapter;

mod accept;
mod bounded_body;
mod builder;
mod claim;
mod counts;
mod drain;
mod error;
mod handle;
mod hint;
mod lease;
mod meter;
mod metric;
mod notices;
mod place;
mod ready;
mod reply;
mod report;
mod settings;
mod settle;
mod shield;
mod span;
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
    meter::Meter,
    notices::Notices,
    place::Places,
    ready::Readiness,
    reply::Reply,
    settings::Settings,
    status::{Answer, Handled},
    sweep::Sweeper,
};
pub use self::{
    builder::ReceiverBuilder,
    drain::Drained,
    error::ConfigError,
    ready::NotReady,
    settings::{ContentDedupe, IdConflict},
};
use crate::{
    clock::Clock,
    delivery::Verifier,
    provider::Provider,
    secret::Secrets,
    store::{Store, Terms},
    tenant::{SecretSource, Tenants},
};

/// The receiver of one hook. It delivers each event once.
///
/// It is a cheap handle: clones share everything.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let secrets = Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001")?;
/// let receiver = Receiver::<QrStudio>::new("crm-sync", secrets, MemoryStore::new())?;
/// assert_eq!(receiver.endpoint(), "crm-sync");
///
/// // Pass `receiver.clone()` to the layer of `qrhook-axum` or the middleware of `qrhook-actix`, and serve. At the end:
/// let drained = receiver.drain(Duration::from_secs(25)).await;
/// assert!(drained.is_complete());
/// # Ok(())
/// # }
/// ```
pub struct Receiver<P: Provider> {
    inner: Arc<Inner>,
    verifier: Verifier<P>,
}

/// What the receivers of all tenants share.
struct Inner {
    endpoint: Arc<str>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    terms: Terms,
    places: Places,
    counts: Counts,
    meter: Meter,
    notices: Notices,
    readiness: Readiness,
    sweeper: Sweeper,
    /// Set once a request has shown that the runtime has timers.
    timers: OnceLock<()>,
}

impl<P: Provider> Receiver<P> {
    /// Creates a receiver with the sender's default settings.
    ///
    /// `endpoint` is your name for this hook. It is part of every key in the store, so two hooks that share a store do
    /// not share ids. If you change the name, events that were handled under the old one are no longer recognised.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the endpoint has no name.
    pub fn new(
        endpoint: impl Into<String>,
        secrets: impl Into<SecretSource>,
        store: impl Store,
    ) -> Result<Self, ConfigError>
    where
        P: Default,
    {
        Self::builder(endpoint, secrets, store).build()
    }

    /// Returns a builder, for settings of your own.
    pub fn builder(
        endpoint: impl Into<String>,
        secrets: impl Into<SecretSource>,
        store: impl Store,
    ) -> ReceiverBuilder<P>
    where
        P: Default,
    {
        Self::builder_of(P::default(), endpoint, secrets, store)
    }

    /// Returns a builder for this sender, like [`builder`](Self::builder). For a sender that is described while the
    /// program runs, such as a [`PlainSender`](crate::provider::PlainSender).
    pub fn builder_of(
        provider: P,
        endpoint: impl Into<String>,
        secrets: impl Into<SecretSource>,
        store: impl Store,
    ) -> ReceiverBuilder<P> {
        ReceiverBuilder::new(provider, endpoint.into(), secrets.into(), store)
    }

    /// A receiver for a [tenant](crate::tenant) with secrets of its own, which is one more cheap handle.
    ///
    /// The tenant's name is part of the keys in the store, so its events share no ids with other tenants. Everything
    /// else is shared with this receiver: store, settings, limits, counters, and the drain.
    ///
    /// # Errors
    ///
    /// [`ConfigError::EmptyTenant`] if the tenant has no name, and [`ConfigError::UnusableSecret`] if a secret cannot be a
    /// key of this sender.
    ///
    /// # Example
    ///
    /// ```
    /// use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
    ///
    /// let receiver = Receiver::<QrStudio>::new("scans", Secrets::one("whsec_ours")?, MemoryStore::new())?;
    /// let acme = receiver.for_tenant("acme", Secrets::one("whsec_acme")?)?;
    /// assert_eq!((receiver.tenant(), acme.tenant()), (None, Some("acme")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn for_tenant(&self, name: impl Into<Arc<str>>, secrets: Secrets) -> Result<Self, ConfigError> {
        let name = name.into();
        if name.trim().is_empty() {
            return Err(ConfigError::EmptyTenant);
        }
        if let Some((position, reason)) = self.verifier.unusable(&secrets) {
            return Err(ConfigError::UnusableSecret { position, reason });
        }
        Ok(Self { inner: Arc::clone(&self.inner), verifier: self.verifier.for_tenant(name, secrets) })
    }

    /// A receiver for many [tenants](crate::tenant), each with secrets of their own. It shares the rest with this
    /// receiver, as [`for_tenant`](Self::for_tenant) does.
    #[must_use]
    pub fn for_tenants(&self, tenants: Tenants) -> Self {
        Self { inner: Arc::clone(&self.inner), verifier: self.verifier.for_tenants(tenants) }
    }

    /// The tenant. `None` without one, or if it depends on the request.
    pub fn tenant(&self) -> Option<&str> {
        self.verifier.tenant()
    }

    /// The name of the sender.
    pub fn sender(&self) -> &'static str {
        self.verifier.sender()
    }

    /// The name of this hook.
    pub fn endpoint(&self) -> &str {
        &self.inner.endpoint
    }

    /// The verifier of the requests.
    pub fn verifier(&self) -> &Verifier<P> {
        &self.verifier
    }

    /// The longest time from the arrival of a request to its response, unless a handler or the store blocks its thread.
    pub fn deadline(&self) -> Duration {
        self.inner.settings.deadline
    }

    /// Counters since the receiver was built, for the metrics of your program. A counter that is zero is absent.
    ///
    /// | Name | Counts |
    /// | --- | --- |
    /// | `handled` | events that were handled |
    /// | `failed` | handlers that reported a failure |
    /// | `unclaimed` | events delivered without a claim because the store failed |
    /// | `id-conflict` | ids that returned with another type or creation time |
    /// | `abandoned`, `uncommitted` | see [`Drained`] |
    /// | any other | rejections, by their [`reason`](crate::Rejection::reason) |
    ///
    /// # Example
    ///
    /// ```
    /// use std::task::Poll;
    /// use http::{HeaderMap, Method};
    /// use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio, receiver::adapter, verify::Head};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let secrets = Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001")?;
    /// let receiver = Receiver::<QrStudio>::new("crm-sync", secrets, MemoryStore::new())?;
    /// assert!(receiver.counts().is_empty());
    ///
    /// let empty = |_: &mut std::task::Context<'_>| Poll::Ready(None);
    /// adapter::accept(&receiver, Head::new(&Method::POST, &HeaderMap::new()), empty).await.unwrap_err();
    /// assert_eq!(receiver.counts(), [("missing-signature", 1)].into());
    /// # Ok(())
    /// # }
    /// ```
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let places = self.inner.places.shared();
        let mut counts = self.inner.counts.read();
        for (name, count) in [("abandoned", &places.abandoned), ("uncommitted", &places.uncommitted)] {
            let count = u64::try_from(count.load(Ordering::SeqCst)).unwrap_or(u64::MAX);
            counts.extend((count > 0).then_some((name, count)));
        }
        counts
    }

    fn count(&self, name: &'static str) {
        self.inner.counts.add(name);
    }
}

impl<P: Provider> Clone for Receiver<P> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), verifier: self.verifier.clone() }
    }
}

impl<P: Provider> fmt::Debug for Receiver<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("endpoint", &self.inner.endpoint)
            .field("verifier", &self.verifier)
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(any(test, feature = "testing"))]
mod tests;
