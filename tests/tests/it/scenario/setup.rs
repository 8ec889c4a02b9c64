//! The settings of a receiver, apart from its secrets.

use std::time::Duration;

use qrhook::{
    Provider,
    receiver::{IdConflict, ReceiverBuilder},
};

/// The settings that a scenario changes; `None` is the default of the tests.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    pub body_limit: Option<usize>,
    pub body_time: Option<Duration>,
    pub unverified_limit: Option<usize>,
    pub deadline: Option<Duration>,
    pub handler_limit: Option<Duration>,
    pub store_time: Option<Duration>,
    pub max_handlers: Option<usize>,
    pub id_conflict: IdConflict,
    pub fault: Fault,
}

/// A fault of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Every call fails.
    Down,
    /// No call ever returns.
    Slow,
    /// It is full.
    Full,
    /// Every commit fails.
    CommitsDown,
    /// No commit ever returns.
    CommitsSlow,
    /// Every release fails.
    ReleasesDown,
}

impl Setup {
    /// The limit for everything whose limit is not the point of a scenario: a receiver's defaults would be too short on
    /// a busy machine.
    pub const PATIENCE: Duration = Duration::from_secs(120);

    /// No changes.
    pub const DEFAULT: Self = Self {
        body_limit: None,
        body_time: None,
        unverified_limit: None,
        deadline: None,
        handler_limit: None,
        store_time: None,
        max_handlers: None,
        id_conflict: IdConflict::Duplicate,
        fault: Fault::None,
    };

    pub fn build<P: Provider + Default>(&self, mut builder: ReceiverBuilder<P>) -> ReceiverBuilder<P> {
        builder = builder.with_id_conflict(self.id_conflict).with_lease(Self::PATIENCE.saturating_mul(10));
        let deadline = self.deadline.unwrap_or(Self::PATIENCE.saturating_mul(2));
        // The body time must not exceed the deadline.
        builder =
            builder.with_deadline(deadline).with_body_time(self.body_time.unwrap_or(Self::PATIENCE).min(deadline));
        builder = builder.with_handler_limit(self.handler_limit.unwrap_or(Self::PATIENCE));
        builder = builder.with_store_time(self.store_time.unwrap_or(Self::PATIENCE));
        if let Some(limit) = self.body_limit {
            builder = builder.with_body_limit(limit);
        }
        if let Some(limit) = self.unverified_limit {
            builder = builder.with_unverified_limit(limit);
        }
        if let Some(handlers) = self.max_handlers {
            builder = builder.with_max_handlers(handlers);
        }
        builder
    }

    /// Returns the setup with its time limits lengthened, or `None` if it has none or they are already long enough for
    /// any machine.
    pub fn longer(mut self) -> Option<Self> {
        const LONG_ENOUGH: Duration = Duration::from_secs(30);
        let mut times = [&mut self.deadline, &mut self.handler_limit, &mut self.store_time];
        let shortest = times.iter().filter_map(|time| **time).min()?;
        times.iter_mut().for_each(|time| **time = time.map(|time| time * 8));
        (shortest < LONG_ENOUGH).then_some(self)
    }

    /// Whether it changes nothing that matters only after the verification.
    pub fn is_about_verification(&self) -> bool {
        self.deadline.is_none()
            && self.handler_limit.is_none()
            && self.max_handlers.is_none()
            && self.fault == Fault::None
    }

    /// Whether it changes only the body time, which makes a scenario faster but does not change its outcome.
    pub fn is_for_tests_speed(&self) -> bool {
        let limits = self.body_limit.is_none() && self.unverified_limit.is_none();
        limits && self.is_about_verification() && self.id_conflict == IdConflict::Duplicate
    }
}
