//! The builder of a receiver.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{
    ConfigError, ContentDedupe, IdConflict, Inner, Receiver, counts::Counts, meter::Meter, notices::Notices,
    place::Places, ready::Readiness, settings::Settings, sweep::Sweeper,
};
use crate::{
    clock::{Clock, SystemClock},
    delivery::Verifier,
    provider::{Provider, StoreFailure},
    store::Store,
    tenant::SecretSource,
    verify::Window,
};

/// A builder of a [`Receiver`]. Every setting defaults to what the sender's documentation suggests.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use qrhook::{ConfigError, MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
///
/// let builder = |limit: u64| {
///     let secrets = Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001").expect("not empty");
///     Receiver::<QrStudio>::builder("crm-sync", secrets, MemoryStore::new())
///         .with_handler_limit(Duration::from_secs(limit))
///         .with_lease(Duration::from_secs(30))
///         .with_body_limit(64 * 1024)
/// };
/// let receiver = builder(10).build()?;
/// assert_eq!(receiver.verifier().body_limit(), 65_536);
///
/// // A handler could outlive its lease.
/// assert!(matches!(builder(60).build(), Err(ConfigError::LeaseTooShort { .. })));
/// # Ok::<(), ConfigError>(())
/// ```
#[must_use = "a builder does nothing until it is built"]
pub struct ReceiverBuilder<P: Provider> {
    endpoint: String,
    verifier: Verifier<P>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    settings: Settings,
}

impl<P: Provider> ReceiverBuilder<P> {
    pub(super) fn new(provider: P, endpoint: String, secrets: SecretSource, store: impl Store) -> Self {
        let durable = store.properties().durable;
        let mut verifier = Verifier::of(provider, secrets);
        let policy = verifier.policy();
        if let (true, Some(past), Some(window)) = (durable, policy.durable_past, verifier.window()) {
            verifier = verifier.with_window(Window::new(past, window.future));
        }
        Self {
            endpoint,
            verifier,
            store: Arc::new(store),
            clock: Arc::new(SystemClock::new()),
            settings: Settings::of(&policy, durable),
        }
    }

    /// Sets the window in which a signed time is accepted. It has no effect for a sender that does not sign a time.
    pub fn with_window(self, window: Window) -> Self {
        Self { verifier: self.verifier.with_window(window), ..self }
    }

    /// Sets the maximum size of a body, in bytes.
    pub fn with_body_limit(self, bytes: usize) -> Self {
        Self { verifier: self.verifier.with_body_limit(bytes), ..self }
    }

    /// Sets the maximum number of fields in a form.
    pub fn with_field_limit(self, fields: usize) -> Self {
        Self { verifier: self.verifier.with_field_limit(fields), ..self }
    }

    /// Sets the maximum number of bytes that all unverified bodies hold at once. The default is 64 MiB.
    pub fn with_unverified_limit(self, bytes: usize) -> Self {
        Self { verifier: self.verifier.with_unverified_limit(bytes), ..self }
    }

    /// Sets the time in which a body must arrive, counted from the start of its request. The default is 3 s.
    pub fn with_body_time(self, time: Duration) -> Self {
        Self { verifier: self.verifier.with_body_time(time), ..self }
    }

    /// Sets the time for which a handled id is remembered.
    pub fn with_retention(mut self, retention: Duration) -> Self {
        self.settings.retention = retention;
        self
    }

    /// Sets the lease: the time after which a claim ends if its owner dies. The default is 30 s.
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease;
        self
    }

    /// Sets the time after which a handler is stopped. The default is 20 s.
    pub fn with_handler_limit(mut self, limit: Duration) -> Self {
        self.settings.handler_limit = limit;
        self
    }

    /// Sets the deadline: the longest time from the arrival of a request to its response. The default is 4.5 s, because
    /// senders hang up after 5 s.
    ///
    /// It cannot be shorter than [the body's time](Self::with_body_time). A handler or a store that blocks its thread
    /// delays the response beyond the deadline.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// Sets the time limit for each step of the store. The default is 1 s.
    pub fn with_store_time(mut self, time: Duration) -> Self {
        self.settings.store_time = time;
        self
    }

    /// Sets the maximum number of handlers that run at once. The default is 1,024.
    ///
    /// Further deliveries wait for a place until shortly before their deadline, and then get a 503. If the sender does
    /// not retry, its event keeps waiting after that response.
    pub fn with_max_handlers(mut self, handlers: usize) -> Self {
        self.settings.max_handlers = handlers;
        self
    }

    /// Sets the treatment of an id that returns with another type or creation time.
    pub fn with_id_conflict(mut self, id_conflict: IdConflict) -> Self {
        self.settings.id_conflict = id_conflict;
        self
    }

    /// Sets which events without an id are deduplicated by their content.
    pub fn with_content_dedupe(mut self, content_dedupe: ContentDedupe) -> Self {
        self.settings.content_dedupe = content_dedupe;
        self
    }

    /// Sets what happens to an authentic event when the store fails at the claim.
    pub fn with_store_failure(mut self, store_failure: StoreFailure) -> Self {
        self.settings.store_failure = store_failure;
        self
    }

    /// Leaves the claim to the handler, which makes it in the same transaction as its own writes. Each event then takes
    /// effect exactly once, even if the program crashes.
    ///
    /// Everything else stays the same, but **nothing is deduplicated unless the handler does it**, with
    /// [`Delivery::claim_request`](crate::Delivery::claim_request). The receiver uses the store only for its properties
    /// and for sweeps; with `qrhook-postgres`, pass the store whose table the handler's transaction writes to.
    /// [`with_store_failure`](Self::with_store_failure) has no effect, because a failed transaction is a failed
    /// handler.
    pub fn with_manual_claims(mut self) -> Self {
        self.settings.manual_claims = true;
        self
    }

    /// Uses this clock for signed times and leases. For tests.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Builds the receiver.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the endpoint has no name, or if settings could cause an event to be lost or handled twice.
    pub fn build(self) -> Result<Receiver<P>, ConfigError> {
        if self.endpoint.trim().is_empty() {
            return Err(ConfigError::EmptyEndpoint);
        }
        if let Some((position, reason)) = self.verifier.unusable_secret() {
            return Err(ConfigError::UnusableSecret { position, reason });
        }
        let terms = self.settings.check(&self.verifier)?;
        let Self { endpoint, verifier, store, clock, settings } = self;
        let endpoint: Arc<str> = endpoint.into();
        let meter = Meter::new(verifier.sender(), Arc::clone(&endpoint));
        let places = Places::new(meter.clone(), settings.max_handlers);
        let sweeper = Sweeper::of(store.properties());
        let inner = Inner {
            endpoint,
            store,
            clock,
            settings,
            terms,
            places,
            counts: Counts::default(),
            meter,
            notices: Notices::default(),
            readiness: Readiness::default(),
            sweeper,
            timers: OnceLock::new(),
        };
        Ok(Receiver { inner: Arc::new(inner), verifier })
    }
}

impl<P: Provider> fmt::Debug for ReceiverBuilder<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiverBuilder")
            .field("endpoint", &self.endpoint)
            .field("verifier", &self.verifier)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
