//! The errors of connecting and of the store's steps.

use std::{error::Error, fmt};

use qrhook::store::StoreError;
use redis::{ErrorKind, RedisError};

type Cause = Box<dyn Error + Send + Sync>;

/// The reason why a server cannot be used as a store. Its message names the server, never the password.
///
/// # Example
///
/// ```
/// use qrhook_redis::{ConnectError, RedisStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let error = RedisStore::connect("redis://127.0.0.1/?pasword=secret").await.unwrap_err();
/// assert!(matches!(error, ConnectError::UnknownParameter { name: Some(name), .. } if name == "pasword"));
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address is not a Redis address.
    InvalidUrl {
        /// The problem with it. The address itself is not shown, because it may hold the password.
        reason: String,
    },
    /// The address has an unknown parameter. Its value may be a password.
    UnknownParameter {
        /// The name of the parameter, or `None` if it may be part of the password itself.
        name: Option<String>,
        /// The parameters that an address of this scheme may have.
        known: &'static [&'static str],
    },
    /// The address requires TLS, and the feature `rustls` is off.
    TlsNotBuiltIn,
    /// The server cannot be reached.
    Unreachable {
        /// The server.
        server: String,
        /// The error from the system.
        source: Cause,
    },
    /// The server does not respond in time.
    Timeout {
        /// The server.
        server: String,
    },
    /// The server does not accept the user or the password.
    Unauthorized {
        /// The server.
        server: String,
        /// The error from the server.
        source: Cause,
    },
    /// The user lacks a right that the store needs.
    MissingPrivilege {
        /// The server. In a cluster, the first master that refuses the user.
        server: String,
        /// The rights that the store needs, in the form of `ACL SETUSER`.
        needed: String,
        /// The refused commands, and the error from the server.
        source: Cause,
    },
    /// The server is a replica, which does not accept writes.
    Replica {
        /// The server.
        server: String,
    },
    /// The server evicts records when its memory is full, including handled ids.
    Evicts {
        /// The server. In a cluster, the first master that evicts.
        server: String,
        /// Its `maxmemory-policy`.
        policy: String,
    },
    /// The eviction policy or the persistence of the server cannot be read.
    Unreadable {
        /// The server.
        server: String,
        /// The error from the server.
        source: Cause,
    },
}

impl ConnectError {
    pub(crate) fn of(error: &RedisError, server: &str, password: &Password) -> Self {
        let (server, source) = (server.to_owned(), password.strip(&error.to_string()));
        match error.kind() {
            ErrorKind::InvalidClientConfig => Self::InvalidUrl { reason: source.to_string() },
            ErrorKind::AuthenticationFailed => Self::Unauthorized { server, source },
            _ if error.is_timeout() => Self::Timeout { server },
            _ => Self::Unreachable { server, source },
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ACCEPT: &str = "`RedisOptions::with_unchecked_server` accepts it as it is";
        match self {
            Self::InvalidUrl { reason } => write!(f, "the address of the store is not a Redis address: {reason}"),
            Self::TlsNotBuiltIn => {
                f.write_str("the address of the store requires TLS, which the feature `rustls` of qrhook-redis adds")
            }
            Self::Unreachable { server, .. } => write!(f, "the store {server} cannot be reached"),
            Self::Timeout { server } => write!(f, "the store {server} does not respond in time"),
            Self::Unauthorized { server, .. } => {
                write!(f, "the store {server} does not accept the user or the password")
            }
            Self::UnknownParameter { name, known } => {
                match name {
                    Some(name) => write!(f, "the address of the store has an unknown parameter, `{name}`")?,
                    None => f.write_str(
                        "the address of the store has an unknown parameter (not shown, because it may be part of the \
                         password; in a password, write ?, & and @ as %3F, %26 and %40)",
                    )?,
                }
                write!(f, "; known parameters are {}", known.join(", "))
            }
            Self::MissingPrivilege { server, needed, .. } => {
                write!(f, "the user of the store {server} lacks a right; it needs {needed}")
            }
            Self::Replica { server } => {
                write!(f, "the store {server} is a replica; use the address of its master")
            }
            Self::Evicts { server, policy } => write!(
                f,
                "the store {server} forgets handled events when its memory is full, because its maxmemory-policy is \
                 {policy}; set `maxmemory-policy noeviction` in its redis.conf or with CONFIG SET ({ACCEPT})"
            ),
            Self::Unreadable { server, .. } => write!(
                f,
                "the eviction policy and the persistence of the store {server} cannot be read; it must be up, and \
                 the user needs the command INFO ({ACCEPT})"
            ),
        }
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreachable { source, .. }
            | Self::Unauthorized { source, .. }
            | Self::MissingPrivilege { source, .. }
            | Self::Unreadable { source, .. } => Some(&**source),
            _ => None,
        }
    }
}

/// An error message from the server or the system.
#[derive(Debug)]
struct Said(String);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Said {}

/// The password, to remove it from messages: some servers repeat it when they refuse a command.
pub(crate) struct Password(pub(crate) Option<String>);

impl Password {
    pub(crate) fn strip(&self, said: &str) -> Cause {
        Box::new(Said(match &self.0 {
            Some(password) if !password.is_empty() => said.replace(password, "***"),
            _ => said.to_owned(),
        }))
    }

    /// The error of a failed step.
    pub(crate) fn store_error(&self, error: &RedisError) -> StoreError {
        let said = self.strip(&error.to_string());
        match error.code() {
            Some("OOM") => StoreError::full().with_source(said),
            _ if error.is_timeout() => StoreError::timeout().with_source(said),
            _ => StoreError::unavailable(said),
        }
    }
}
