//! Why a server cannot be the store, and what a step reports.

use std::{error::Error, fmt};

use qrhook::store::StoreError;
use redis::{ErrorKind, RedisError};

type Cause = Box<dyn Error + Send + Sync>;

/// Why a server cannot be the store. Its message names the server, never the password.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address is none of a Redis server.
    InvalidUrl {
        /// What is wrong with it. The address itself is not shown: it may hold the password.
        reason: String,
    },
    /// The address has a parameter that is not known. Its value may be a password.
    UnknownParameter {
        /// Its name, unless that may be a part of the password itself.
        name: Option<String>,
        /// The parameters that an address of this scheme may have.
        known: &'static [&'static str],
    },
    /// The address asks for TLS, and the feature `rustls` is off.
    TlsNotBuiltIn,
    /// Nobody answers there.
    Unreachable {
        /// The server.
        server: String,
        /// What the system said.
        source: Cause,
    },
    /// The server does not answer in time.
    Timeout {
        /// The server.
        server: String,
    },
    /// The server does not accept the user or the password.
    Unauthorized {
        /// The server.
        server: String,
        /// What it said.
        source: Cause,
    },
    /// The user may not do what the store needs.
    MissingPrivilege {
        /// The server: of a cluster, the first such master.
        server: String,
        /// The rights that the store needs, as `ACL SETUSER` takes them.
        needed: String,
        /// The commands that are refused, and what the server said.
        source: Cause,
    },
    /// The server is a replica: it takes no writes.
    Replica {
        /// The server.
        server: String,
    },
    /// The server throws records away when its memory is full, handled ids among them.
    Evicts {
        /// The server: of a cluster, the first such master.
        server: String,
        /// Its `maxmemory-policy`.
        policy: String,
    },
    /// Whether the server throws records away, and whether it keeps them over a restart, cannot be read.
    Unreadable {
        /// The server.
        server: String,
        /// What it said.
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
            Self::InvalidUrl { reason } => write!(f, "the address of the store is none of a Redis server: {reason}"),
            Self::TlsNotBuiltIn => {
                f.write_str("the address of the store asks for TLS, which the feature `rustls` of qrhook-redis adds")
            }
            Self::Unreachable { server, .. } => write!(f, "the store {server} cannot be reached"),
            Self::Timeout { server } => write!(f, "the store {server} does not answer in time"),
            Self::Unauthorized { server, .. } => {
                write!(f, "the store {server} does not accept the user or the password")
            }
            Self::UnknownParameter { name, known } => {
                match name {
                    Some(name) => write!(f, "the address of the store has an unknown parameter, `{name}`")?,
                    None => f.write_str(
                        "the address of the store has an unknown parameter (not shown, because it may be a part of the \
                         password, in which ?, & and @ are %3F, %26 and %40)",
                    )?,
                }
                write!(f, "; known are {}", known.join(", "))
            }
            Self::MissingPrivilege { server, needed, .. } => {
                write!(f, "the user of the store {server} lacks a right; it needs {needed}")
            }
            Self::Replica { server } => {
                write!(f, "the store {server} is a replica; the address of its master is needed")
            }
            Self::Evicts { server, policy } => write!(
                f,
                "the store {server} forgets handled events when its memory is full, for its maxmemory-policy is \
                 {policy}; set `maxmemory-policy noeviction` in its redis.conf or by CONFIG SET ({ACCEPT})"
            ),
            Self::Unreadable { server, .. } => write!(
                f,
                "the eviction policy and the persistence of the store {server} cannot be read; it has to be up, and \
                 its user needs the command INFO ({ACCEPT})"
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

/// What a server, or the system, said.
#[derive(Debug)]
struct Said(String);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Said {}

/// The password, which some servers repeat when they refuse a command.
pub(crate) struct Password(pub(crate) Option<String>);

impl Password {
    pub(crate) fn strip(&self, said: &str) -> Cause {
        Box::new(Said(match &self.0 {
            Some(password) if !password.is_empty() => said.replace(password, "***"),
            _ => said.to_owned(),
        }))
    }

    /// What a step reports when it failed.
    pub(crate) fn store_error(&self, error: &RedisError) -> StoreError {
        let said = self.strip(&error.to_string());
        match error.code() {
            Some("OOM") => StoreError::full().with_source(said),
            _ if error.is_timeout() => StoreError::timeout().with_source(said),
            _ => StoreError::unavailable(said),
        }
    }
}
