//! The defaults of a receiver for the deliveries of a sender.

use std::time::Duration;

use crate::verify::Window;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The treatment of an authentic event when the store fails at the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreFailure {
    /// The event is refused with 503, and the sender retries.
    Refuse,
    /// The event is delivered anyway, flagged, and logged as an error, because the sender does not retry. Its events
    /// are also never refused because the receiver is full or closing.
    HandOver,
}

/// A sender's defaults, as data. A receiver can override each of them.
///
/// # Example
///
/// ```
/// use qrhook::provider::{Policy, Window};
///
/// // A sender that signs a timestamp and retries for a day.
/// let policy = Policy::JSON.with_window(Window::DEFAULT);
/// assert_eq!(policy.body_limit, 256 * 1024);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// The maximum size of a body in bytes.
    pub body_limit: usize,
    /// The maximum number of fields in a form.
    pub field_limit: usize,
    /// The time window of the signature; `None` if it contains no time.
    pub window: Option<Window>,
    /// The maximum age of a signature with a store that survives a restart. Such a store remembers ids for longer than
    /// the window, so a replay is caught as a duplicate, and the window may cover the sender's whole retry schedule.
    pub durable_past: Option<Duration>,
    /// The time for which a handled id is remembered.
    pub retention: Duration,
    /// The same, for a store that loses its ids at a restart anyway.
    pub volatile_retention: Duration,
    /// The minimum retention that a receiver accepts, as required by the sender's retries.
    pub retention_floor: Duration,
    /// The treatment of an authentic event when the store fails at the claim.
    pub store_failure: StoreFailure,
    /// Whether the sender's secrets start with `whsec_`. A secret without that prefix is logged as a warning.
    pub whsec_prefix: bool,
}

impl Policy {
    /// A starting point for a JSON sender that retries for up to a day: 256 KiB, no time window, retention of three
    /// days with a floor of one.
    pub const JSON: Self = Self {
        body_limit: 256 * 1024,
        field_limit: 1000,
        window: None,
        durable_past: None,
        retention: Duration::from_secs(3 * DAY),
        volatile_retention: Duration::from_secs(3 * DAY),
        retention_floor: Duration::from_secs(DAY),
        store_failure: StoreFailure::Refuse,
        whsec_prefix: false,
    };

    pub(super) const QR_STUDIO: Self = Self {
        window: Some(Window::DEFAULT),
        // The last of five attempts comes 2 h 36 min after the first. Assumed: it may still carry the first one's `t`.
        durable_past: Some(Duration::from_secs(3 * HOUR)),
        retention_floor: Duration::from_secs(4 * HOUR),
        whsec_prefix: true,
        ..Self::JSON
    };

    pub(super) const CODE_QR: Self = Self {
        // Assumed: no size is documented.
        body_limit: 2 * 1024 * 1024,
        // Retries continue daily until the event is delivered or the hook is disabled at the 20th consecutive failure,
        // which is after 15 days if there is no success in between.
        retention: Duration::from_secs(16 * DAY),
        retention_floor: Duration::from_secs(3 * DAY),
        // Assumed: the prefix, from Dub's code.
        whsec_prefix: true,
        ..Self::JSON
    };

    pub(super) const QR_PLANET: Self = Self {
        retention: Duration::from_secs(DAY),
        volatile_retention: Duration::from_secs(DAY),
        retention_floor: Duration::from_secs(10 * MINUTE),
        // Assumed: the sender never retries, because no retries are documented.
        store_failure: StoreFailure::HandOver,
        ..Self::JSON
    };

    /// Accepts bodies of up to this many bytes.
    #[must_use]
    pub const fn with_body_limit(self, body_limit: usize) -> Self {
        Self { body_limit, ..self }
    }

    /// Accepts forms of up to this many fields.
    #[must_use]
    pub const fn with_field_limit(self, field_limit: usize) -> Self {
        Self { field_limit, ..self }
    }

    /// Accepts signed times within this window.
    #[must_use]
    pub const fn with_window(self, window: Window) -> Self {
        Self { window: Some(window), ..self }
    }

    /// Accepts signatures of up to this age under a store that survives a restart.
    #[must_use]
    pub const fn with_durable_past(self, past: Duration) -> Self {
        Self { durable_past: Some(past), ..self }
    }

    /// Remembers a handled id for this long. A receiver must not set a retention below the floor.
    #[must_use]
    pub const fn with_retention(self, retention: Duration, floor: Duration) -> Self {
        Self { retention, volatile_retention: retention, retention_floor: floor, ..self }
    }

    /// Sets the treatment of an authentic event when the store fails at the claim.
    #[must_use]
    pub const fn with_store_failure(self, store_failure: StoreFailure) -> Self {
        Self { store_failure, ..self }
    }

    /// Expects secrets that start with `whsec_`.
    #[must_use]
    pub const fn with_whsec_prefix(self) -> Self {
        Self { whsec_prefix: true, ..self }
    }
}
