//! Building a receiver, and refusing one that could not keep its promise.

use std::{fmt, sync::Arc, time::Duration};

use super::{Inner, Receiver, counts::Counts, load::Load, sweeper::Sweeper};
use crate::{
    clock::{Clock, SystemClock},
    provider::{Provider, StoreFailure, Window},
    secret::Secrets,
    store::{Store, Terms},
    verify::Verifier,
};

/// What happens to an id that comes back with another type or time of creation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdConflict {
    /// It is answered as the duplicate that it claims to be, with a warning in the log: the vendors name the id as the
    /// key.
    #[default]
    Duplicate,
    /// It is claimed under a key of its own and handed over, flagged. For the day a sender is caught reusing ids.
    Deliver,
}

/// Which events without an id are deduplicated by their content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentDedupe {
    /// Those with something in them that tells two equal events apart, such as a running counter.
    #[default]
    Discriminated,
    /// All of them: two equal clicks in one second count as one.
    All,
    /// None.
    Off,
}

/// How a receiver works, beside what its verifier knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) retention: Duration,
    pub(super) lease: Duration,
    pub(super) handler_limit: Duration,
    pub(super) deadline: Duration,
    pub(super) store_time: Duration,
    pub(super) max_handlers: usize,
    pub(super) id_conflict: IdConflict,
    pub(super) content_dedupe: ContentDedupe,
    pub(super) store_failure: StoreFailure,
    pub(super) manual_claims: bool,
}

/// What the retention must exceed the time window by: a sender's clock, a slow claim, and a margin.
const RETENTION_MARGIN: Duration = Duration::from_secs(600);

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
            verifier = verifier.with_window(Window { past, ..window });
        }
        let settings = Settings {
            retention: if durable { P::POLICY.retention } else { P::POLICY.volatile_retention },
            lease: Duration::from_secs(30),
            handler_limit: Duration::from_secs(20),
            deadline: Duration::from_millis(4500),
            store_time: Duration::from_secs(1),
            max_handlers: 1024,
            id_conflict: IdConflict::default(),
            content_dedupe: ContentDedupe::default(),
            store_failure: P::POLICY.store_failure,
            manual_claims: false,
        };
        Self { endpoint, verifier, store: Arc::new(store), clock: Arc::new(SystemClock::new()), settings }
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

    /// Leaves the claim to the handler, which makes it in the transaction that its own writes are in: exactly once, even
    /// over a crash.
    ///
    /// Everything else stays as it is, but **nothing is deduplicated unless the handler does it**, by
    /// [`Delivery::claim_request`](crate::Delivery::claim_request). The store is only asked what can be said of it, and
    /// to sweep; with `qrhook-postgres` it is the one whose table the handler's transaction writes to.
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
        let terms = self.check()?;
        let Self { endpoint, verifier, store, clock, settings } = self;
        let (load, counts) = (Load::new(settings.max_handlers), Counts::default());
        let sweeper = Sweeper::of(store.properties());
        let inner = Inner { endpoint, verifier, store, clock, settings, terms, load, counts, sweeper };
        Ok(Receiver { inner: Arc::new(inner) })
    }

    /// The terms of every claim, if the settings can keep their promise.
    fn check(&self) -> Result<Terms, ConfigError> {
        let settings = &self.settings;
        if self.endpoint.trim().is_empty() {
            return Err(ConfigError::EmptyEndpoint);
        }
        let zeros = [
            ("retention", settings.retention.is_zero()),
            ("lease", settings.lease.is_zero()),
            ("handler_limit", settings.handler_limit.is_zero()),
            ("deadline", settings.deadline.is_zero()),
            ("store_time", settings.store_time.is_zero()),
            ("body_time", self.verifier.body_time().is_zero()),
            ("body_limit", self.verifier.body_limit() == 0),
            ("field_limit", self.verifier.field_limit() == 0),
            ("max_handlers", settings.max_handlers == 0),
        ];
        if let Some((setting, _)) = zeros.into_iter().find(|(_, zero)| *zero) {
            return Err(ConfigError::Zero { setting });
        }
        let terms = Terms::new(settings.lease, settings.retention, 0).map_err(|_| {
            let setting = if settings.retention > Terms::MAX { "retention" } else { "lease" };
            ConfigError::TooLong { setting, limit: Terms::MAX }
        })?;
        let (body_limit, limit) = (self.verifier.body_limit(), self.verifier.budget().limit());
        if limit < body_limit {
            return Err(ConfigError::UnverifiedLimitTooSmall { limit, body_limit });
        }
        let floor = P::POLICY.retention_floor;
        if settings.retention < floor {
            return Err(ConfigError::RetentionBelowFloor { retention: settings.retention, floor });
        }
        if let Some(window) = self.verifier.window() {
            let needed = window.past.saturating_add(window.future).saturating_add(RETENTION_MARGIN);
            if settings.retention < needed {
                return Err(ConfigError::RetentionBelowWindow { retention: settings.retention, needed });
            }
        }
        // The lease runs from before the claim's answer to after the commit's.
        let needed = settings.handler_limit.saturating_add(settings.store_time.saturating_mul(2));
        if settings.lease < needed {
            return Err(ConfigError::LeaseTooShort { lease: settings.lease, needed });
        }
        Ok(terms)
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

/// Why a receiver cannot be built: its settings would lose an event or handle one twice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The endpoint has no name.
    EmptyEndpoint,
    /// A setting is zero.
    Zero {
        /// The setting.
        setting: &'static str,
    },
    /// A duration is longer than a store can keep.
    TooLong {
        /// The setting.
        setting: &'static str,
        /// The longest that is accepted.
        limit: Duration,
    },
    /// A handled id would be forgotten while its sender may still retry.
    RetentionBelowFloor {
        /// The setting.
        retention: Duration,
        /// What the sender's retries need.
        floor: Duration,
    },
    /// A handled id would be forgotten while its signature is still accepted, so that it could be replayed.
    RetentionBelowWindow {
        /// The setting.
        retention: Duration,
        /// What the time window needs.
        needed: Duration,
    },
    /// Not even one body of the greatest size would be read.
    UnverifiedLimitTooSmall {
        /// The setting.
        limit: usize,
        /// The greatest body.
        body_limit: usize,
    },
    /// A claim would end while its handler still runs.
    LeaseTooShort {
        /// The setting.
        lease: Duration,
        /// The handler's limit and two steps of the store.
        needed: Duration,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyEndpoint => f.write_str("the endpoint needs a name: it is part of every key in the store"),
            Self::Zero { setting } => write!(f, "`{setting}` is zero"),
            Self::TooLong { setting, limit } => write!(f, "`{setting}` is longer than {limit:?}"),
            Self::RetentionBelowFloor { retention, floor } => {
                write!(
                    f,
                    "a retention of {retention:?} forgets ids that the sender may still retry: set at least {floor:?}"
                )
            }
            Self::RetentionBelowWindow { retention, needed } => write!(
                f,
                "a retention of {retention:?} forgets ids whose signatures are still accepted: set at least {needed:?}, \
                 or a smaller window"
            ),
            Self::UnverifiedLimitTooSmall { limit, body_limit } => {
                write!(f, "an unverified limit of {limit} bytes cannot hold one body: set at least {body_limit}")
            }
            Self::LeaseTooShort { lease, needed } => write!(
                f,
                "a lease of {lease:?} ends while a handler may still run: set at least {needed:?}, or a shorter \
                 handler limit"
            ),
        }
    }
}

impl std::error::Error for ConfigError {}
