//! Why a receiver cannot be built.

use std::{fmt, time::Duration};

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
    /// Not even one body of the largest size could be read.
    UnverifiedLimitTooSmall {
        /// The setting.
        limit: usize,
        /// The largest body.
        body_limit: usize,
    },
    /// A request could be answered before its body has arrived.
    DeadlineTooShort {
        /// The setting.
        deadline: Duration,
        /// The body's time.
        needed: Duration,
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
            Self::DeadlineTooShort { deadline, needed } => write!(
                f,
                "a deadline of {deadline:?} ends while the body may still arrive: set at least {needed:?}, or a shorter \
                 body time"
            ),
            Self::LeaseTooShort { lease, needed } => write!(
                f,
                "a lease of {lease:?} ends while a handler may still run: set at least {needed:?}, or a shorter \
                 handler limit"
            ),
        }
    }
}

impl std::error::Error for ConfigError {}
