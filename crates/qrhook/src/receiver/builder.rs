//! Building a receiver.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{
    ConfigError, ContentDedupe, IdConflict, Inner, Receiver, counts::Counts, place::Places, settings::Settings,
    sweep::Sweeper,
};
use crate::{
    clock::{Clock, SystemClock},
    delivery::Verifier,
    provider::{Provider, StoreFailure},
    secret::Secrets,
    store::Store,
    verify::Window,
};

/// Builds a [`Receiver`]. Every setting has the default that the sender's documentation suggests.
#[must_use = "a builder does nothing until it is built"]
pub struct ReceiverBuilder<P: Provider> {
    endpoint: String,
    verifier: Verifier<P>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    settings: Settings,
}

impl<P: Provider> ReceiverBuilder<P> {
    pub(super) fn new(endpoint: String, secrets: Secrets, store: impl Store) -> Self {
        let durable = store.properties().durable;
        let mut verifier = Verifier::new(secrets);
        if let (true, Some(past), Some(window)) = (durable, P::POLICY.durable_past, verifier.window()) {
            verifier = verifier.with_window(Window::new(past, window.future));
        }
        Self {
            endpoint,
            verifier,
            store: Arc::new(store),
            clock: Arc::new(SystemClock::new()),
            settings: Settings::of::<P>(durable),
        }
    }

    /// Accepts signed times within this window. Without effect on a sender that signs no time.
    pub fn with_window(self, window: Window) -> Self {
        Self { verifier: self.verifier.with_window(window), ..self }
    }

    /// Accepts bodies of up to this many bytes.
    pub fn with_body_limit(self, bytes: usize) -> Self {
        Self { verifier: self.verifier.with_body_limit(bytes), ..self }
    }

    /// Accepts forms of up to this many fields.
    pub fn with_field_limit(self, fields: usize) -> Self {
        Self { verifier: self.verifier.with_field_limit(fields), ..self }
    }

    /// Holds up to this many bytes of unverified bodies at once: 64 MiB unless set.
    pub fn with_unverified_limit(self, bytes: usize) -> Self {
        Self { verifier: self.verifier.with_unverified_limit(bytes), ..self }
    }

    /// Gives a body this long to arrive: 3 s unless set.
    pub fn with_body_time(self, time: Duration) -> Self {
        Self { verifier: self.verifier.with_body_time(time), ..self }
    }

    /// Remembers a handled id for this long.
    pub fn with_retention(mut self, retention: Duration) -> Self {
        self.settings.retention = retention;
        self
    }

    /// Ends a claim whose owner died after this long: 30 s unless set.
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease;
        self
    }

    /// Stops a handler after this long: 20 s unless set.
    pub fn with_handler_limit(mut self, limit: Duration) -> Self {
        self.settings.handler_limit = limit;
        self
    }

    /// Answers at the latest this long after the request arrived: 4.5 s unless set, because senders hang up after 5 s.
    /// A handler or a store that blocks its thread delays that.
    ///
    /// It cannot be shorter than [the body's time](Self::with_body_time).
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// Gives each step of the store this long: 1 s unless set.
    pub fn with_store_time(mut self, time: Duration) -> Self {
        self.settings.store_time = time;
        self
    }

    /// Runs up to this many handlers at once: 1,024 unless set.
    ///
    /// More deliveries wait for a place: until shortly before their deadline, which is answered with 503. The event of a
    /// sender that would not send again waits on after its request was answered.
    pub fn with_max_handlers(mut self, handlers: usize) -> Self {
        self.settings.max_handlers = handlers;
        self
    }

    /// What happens to an id that comes back with another type or time of creation.
    pub fn with_id_conflict(mut self, id_conflict: IdConflict) -> Self {
        self.settings.id_conflict = id_conflict;
        self
    }

    /// Which events without an id are deduplicated by their content.
    pub fn with_content_dedupe(mut self, content_dedupe: ContentDedupe) -> Self {
        self.settings.content_dedupe = content_dedupe;
        self
    }

    /// What happens to an authentic event when the store fails at the claim.
    pub fn with_store_failure(mut self, store_failure: StoreFailure) -> Self {
        self.settings.store_failure = store_failure;
        self
    }

    /// Leaves the claim to the handler, which makes it in the same transaction as its own writes: exactly once, even over a
    /// crash.
    ///
    /// Everything else stays as it is, but **nothing is deduplicated unless the handler does it**, with
    /// [`Delivery::claim_request`](crate::Delivery::claim_request). The store is only asked for its properties, and to
    /// sweep; with `qrhook-postgres` it is the one whose table the handler's transaction writes to.
    /// [`with_store_failure`](Self::with_store_failure) has no effect: a handler whose transaction fails, fails.
    pub fn with_manual_claims(mut self) -> Self {
        self.settings.manual_claims = true;
        self
    }

    /// Judges signed times by this clock. For tests.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Builds the receiver.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the settings together would lose an event or handle one twice.
    pub fn build(self) -> Result<Receiver<P>, ConfigError> {
        if self.endpoint.trim().is_empty() {
            return Err(ConfigError::EmptyEndpoint);
        }
        let terms = self.settings.check(&self.verifier)?;
        let Self { endpoint, verifier, store, clock, settings } = self;
        let (places, counts) = (Places::new(P::NAME, &endpoint, settings.max_handlers), Counts::default());
        let sweeper = Sweeper::of(store.properties());
        let inner = Inner {
            endpoint,
            verifier,
            store,
            clock,
            settings,
            terms,
            places,
            counts,
            sweeper,
            timers: OnceLock::new(),
        };
        Ok(Receiver { inner: Arc::new(inner) })
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
