//! The settings of a receiver, and refusing those that could not keep its promise.

use std::time::Duration;

use tokio::time::Instant;

use super::ConfigError;
use crate::{
    delivery::Verifier,
    provider::{Provider, StoreFailure},
    store::Terms,
};

/// What happens to an id that comes back with another type or time of creation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdConflict {
    /// It is answered as the duplicate that it claims to be, with a warning in the log: the vendors name the id as the
    /// key.
    #[default]
    Duplicate,
    /// It is claimed under a key of its own and delivered, flagged. For the day a sender is caught reusing ids.
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

/// How a receiver works, besides what its verifier knows.
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

/// How long before its deadline a request is answered that waits for anything but its handler.
const HEAD_START: Duration = Duration::from_millis(250);

impl Settings {
    pub(super) fn of<P: Provider>(durable: bool) -> Self {
        Self {
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
        }
    }

    /// When a request that arrived at this moment is answered at the latest.
    pub(super) fn deadline_of(&self, started: Instant) -> Instant {
        after(started, self.deadline)
    }

    /// When it is answered if it waits for a place, or for its commit.
    pub(super) fn answer_by(&self, started: Instant) -> Instant {
        after(started, self.deadline.saturating_sub(HEAD_START))
    }

    /// The terms of every claim, if the settings can keep their promise.
    pub(super) fn check<P: Provider>(&self, verifier: &Verifier<P>) -> Result<Terms, ConfigError> {
        let zeros = [
            ("retention", self.retention.is_zero()),
            ("lease", self.lease.is_zero()),
            ("handler_limit", self.handler_limit.is_zero()),
            ("deadline", self.deadline.is_zero()),
            ("store_time", self.store_time.is_zero()),
            ("body_time", verifier.body_time().is_zero()),
            ("body_limit", verifier.body_limit() == 0),
            ("field_limit", verifier.field_limit() == 0),
            ("max_handlers", self.max_handlers == 0),
        ];
        if let Some((setting, _)) = zeros.into_iter().find(|(_, zero)| *zero) {
            return Err(ConfigError::Zero { setting });
        }
        let terms = Terms::new(self.lease, self.retention, 0).map_err(|_| {
            let setting = if self.retention > Terms::MAX { "retention" } else { "lease" };
            ConfigError::TooLong { setting, limit: Terms::MAX }
        })?;
        let (body_limit, limit) = (verifier.body_limit(), verifier.budget().limit());
        if limit < body_limit {
            return Err(ConfigError::UnverifiedLimitTooSmall { limit, body_limit });
        }
        let floor = P::POLICY.retention_floor;
        if self.retention < floor {
            return Err(ConfigError::RetentionBelowFloor { retention: self.retention, floor });
        }
        if let Some(window) = verifier.window() {
            let needed = window.past.saturating_add(window.future).saturating_add(RETENTION_MARGIN);
            if self.retention < needed {
                return Err(ConfigError::RetentionBelowWindow { retention: self.retention, needed });
            }
        }
        // A body that may come after the deadline would be answered 503 for work that is then done and committed.
        let needed = verifier.body_time();
        if self.deadline < needed {
            return Err(ConfigError::DeadlineTooShort { deadline: self.deadline, needed });
        }
        // The lease runs from before the claim's answer to after the commit's.
        let needed = self.handler_limit.saturating_add(self.store_time.saturating_mul(2));
        if self.lease < needed {
            return Err(ConfigError::LeaseTooShort { lease: self.lease, needed });
        }
        Ok(terms)
    }
}

pub(super) fn after(started: Instant, time: Duration) -> Instant {
    // Some centuries ahead there is no more moment; such a time never comes.
    started.checked_add(time).unwrap_or_else(|| far_from(started))
}

fn far_from(moment: Instant) -> Instant {
    moment.checked_add(Duration::from_secs(30 * 365 * 24 * 3600)).unwrap_or(moment)
}
