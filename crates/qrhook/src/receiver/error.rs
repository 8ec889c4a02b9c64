//! The errors of building a receiver.

use std::{fmt, time::Duration};

use crate::secret::SecretError;

/// An error in a receiver's settings that could cause an event to be lost or handled twice.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
///
/// let secrets = Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001")?;
/// let error = Receiver::<QrStudio>::builder("crm-sync", secrets, MemoryStore::new())
///     .with_handler_limit(Duration::from_secs(60))
///     .build()
///     .unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "a lease of 30s ends while a handler may still run: set at least 62s, or a shorter handler limit",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The endpoint has no name.
    EmptyEndpoint,
    /// The tenant has no name.
    EmptyTenant,
    /// A secret cannot be a key of this sender.
    UnusableSecret {
        /// The position of the secret, from 0.
        position: usize,
        /// The reason.
        reason: SecretError,
    },
    /// A setting is zero.
    Zero {
        /// The name of the setting.
        setting: &'static str,
    },
    /// A duration is longer than a store can keep.
    TooLong {
        /// The name of the setting.
        setting: &'static str,
        /// The longest duration that is accepted.
        limit: Duration,
    },
    /// A handled id would be forgotten while its sender may still retry.
    RetentionBelowFloor {
        /// The retention that was set.
        retention: Duration,
        /// The shortest retention that covers the sender's retries.
        floor: Duration,
    },
    /// A handled id would be forgotten while its signature is still accepted, so that the request could be replayed.
    RetentionBelowWindow {
        /// The retention that was set.
        retention: Duration,
        /// The shortest retention that covers the time window.
        needed: Duration,
    },
    /// The limit for all unverified bodies is below the maximum size of one body.
    UnverifiedLimitTooSmall {
        /// The limit that was set, in bytes.
        limit: usize,
        /// The maximum size of a body, in bytes.
        body_limit: usize,
    },
    /// A request could get its response before its body has arrived.
    DeadlineTooShort {
        /// The deadline that was set.
        deadline: Duration,
        /// The time in which a body must arrive.
        needed: Duration,
    },
    /// A claim would end while its handler still runs.
    LeaseTooShort {
        /// The lease that was set.
        lease: Duration,
        /// The handler limit plus the time of two store steps.
        needed: Duration,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyTenant => f.write_str("the tenant needs a name: it is part of every key in the store"),
            Self::UnusableSecret { position, reason } => {
                write!(f, "the secret at position {position} cannot be used: {reason}")
            }
            Self::EmptyEndpoint => f.write_str("the endpoint needs a name: it is part of every key in the store"),
            Self::Zero { setting } => write!(f, "`{setting}` is zero"),
            Self::TooLong { setting, limit } => write!(f, "`{setting}` is longer than {limit:?}"),
            Self::RetentionBelowFloor { retention, floor } => {
                write!(
                    f,
                    "a retention of {retention:?} forgets ids while their sender may still retry: set at least {floor:?}"
                )
            }
            Self::RetentionBelowWindow { retention, needed } => write!(
                f,
                "a retention of {retention:?} forgets ids while their signatures are still accepted: set at least {needed:?}, \
                 or a smaller window"
            ),
            Self::UnverifiedLimitTooSmall { limit, body_limit } => {
                write!(
                    f,
                    "an unverified limit of {limit} bytes cannot hold the largest body: set at least {body_limit}"
                )
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
