//! What a receiver is built with, beside its secrets.

use std::time::Duration;

use qrhook::{
    Provider,
    receiver::{IdConflict, ReceiverBuilder},
};

/// What is set differently; the rest is as it comes.
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

/// What is wrong with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// It refuses every step.
    Down,
    /// It never answers.
    Slow,
    /// It holds all that it may.
    Full,
    /// It takes no commit.
    CommitsDown,
    /// It never answers a commit.
    CommitsSlow,
    /// It takes no release.
    ReleasesDown,
}

impl Setup {
    /// As it comes.
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

    pub fn build<P: Provider>(&self, mut builder: ReceiverBuilder<P>) -> ReceiverBuilder<P> {
        builder = builder.with_id_conflict(self.id_conflict);
        if let Some(limit) = self.body_limit {
            builder = builder.with_body_limit(limit);
        }
        if let Some(time) = self.body_time.or(self.deadline) {
            builder = builder.with_body_time(time);
        }
        if let Some(limit) = self.unverified_limit {
            builder = builder.with_unverified_limit(limit);
        }
        if let Some(deadline) = self.deadline {
            builder = builder.with_deadline(deadline);
        }
        if let Some(limit) = self.handler_limit {
            builder = builder.with_handler_limit(limit);
        }
        if let Some(time) = self.store_time {
            builder = builder.with_store_time(time);
        }
        if let Some(handlers) = self.max_handlers {
            builder = builder.with_max_handlers(handlers);
        }
        builder
    }

    /// Whether nothing is set that only matters behind the verification.
    pub fn is_about_verification(&self) -> bool {
        self.deadline.is_none()
            && self.handler_limit.is_none()
            && self.max_handlers.is_none()
            && self.fault == Fault::None
    }

    /// Whether nothing is set but what saves time: a scenario that waits for it takes longer without, and ends the same.
    pub fn is_for_tests_speed(&self) -> bool {
        let limits = self.body_limit.is_none() && self.unverified_limit.is_none();
        limits && self.is_about_verification() && self.id_conflict == IdConflict::Duplicate
    }
}
