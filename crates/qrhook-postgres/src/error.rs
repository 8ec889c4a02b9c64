//! Why a server cannot be the store, and what a step reports.

use std::{error::Error, fmt, io};

use qrhook::store::StoreError;

use crate::parameters::PARAMETERS;

/// Why a server cannot be used as a store. Its message names neither the server nor its user or database: what stands in
/// a URL may turn out to be a part of the password.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL cannot be read.
    Url,
    /// The URL has a parameter that the driver does not know. It would log the value, which may be a password.
    UnknownParameter {
        /// Its name, unless that may be a part of the password itself.
        name: Option<String>,
    },
    /// A line of the file of passwords (`PGPASSFILE` or `~/.pgpass`) cannot be read. The driver would log it.
    PasswordFile {
        /// Its number, from 1.
        line: usize,
    },
    /// The server does not answer, or not in time.
    Unreachable {
        /// What the system said.
        source: ServerError,
    },
    /// The server's certificate is not trusted, or TLS was asked for and is not built in.
    Tls {
        /// What the TLS library said.
        source: ServerError,
    },
    /// The server refuses the user, the password, or a connection without TLS.
    Login {
        /// What the server said.
        source: ServerError,
    },
    /// There is no database of that name.
    MissingDatabase {
        /// What the server said.
        source: ServerError,
    },
    /// The server is a replica, or allows only reading.
    ReadOnly,
    /// The tables are not there, and the store was told not to make them.
    MissingTables,
    /// The user may not make the tables, or may not read and write them.
    MissingPrivilege {
        /// What is missing, or what the server said.
        source: ServerError,
    },
    /// The tables were made by a newer version of this crate.
    NewerSchema {
        /// The version of the tables.
        found: i32,
        /// The newest version that is known here.
        known: i32,
    },
    /// Anything else.
    Unusable {
        /// What the server said.
        source: ServerError,
    },
}

/// What the server, the driver or the system said.
///
/// The server's message and its SQLSTATE, without the details that may hold values of a row.
pub struct ServerError {
    code: Option<String>,
    message: String,
}

impl ServerError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { code: None, message: message.into() }
    }

    /// The server's SQLSTATE, if it was the server that failed.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl From<sqlx::Error> for ServerError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => {
                let code: Option<String> = error.code().map(Into::into);
                let message = match code.as_deref() {
                    // Those name what stands in the URL.
                    Some(code) if code.starts_with("28") || code == "3D000" => "refused",
                    // Those repeat `options`. No statement of ours gets them.
                    Some("22023" | "42601" | "42602") => "a setting of the connection is refused",
                    _ => error.message(),
                };
                Self { message: message.to_owned(), code }
            }
            sqlx::Error::Io(error) => Self::new(error.to_string()),
            // It repeats what the URL has for a certificate, which may be a private key.
            sqlx::Error::Tls(error) if error.to_string().starts_with("Invalid certificate") => {
                Self::new("a certificate in the URL cannot be read")
            }
            other => Self::new(other.to_string()),
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{} (SQLSTATE {code})", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl fmt::Debug for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerError({self})")
    }
}

impl Error for ServerError {}

impl ConnectError {
    pub(crate) fn from_server(error: sqlx::Error) -> Self {
        match (&error, code(&error).as_deref()) {
            (sqlx::Error::Tls(_), _) => Self::Tls { source: error.into() },
            // So a handshake fails.
            (sqlx::Error::Io(cause), _) if cause.kind() == io::ErrorKind::InvalidData => {
                Self::Tls { source: error.into() }
            }
            (sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed, _) => {
                Self::Unreachable { source: error.into() }
            }
            // Starting up, shutting down, or as many connections as it takes.
            (_, Some(code)) if code.starts_with("57P") || code == "53300" => Self::Unreachable { source: error.into() },
            (_, Some(code)) if code.starts_with("28") => Self::Login { source: error.into() },
            (_, Some("3D000")) => Self::MissingDatabase { source: error.into() },
            (_, Some("42501")) => Self::MissingPrivilege { source: error.into() },
            (_, Some("25006")) => Self::ReadOnly,
            _ => Self::Unusable { source: error.into() },
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url => f.write_str(
                "the URL of the server cannot be read: it should be postgres://USER:PASSWORD@HOST:PORT/DATABASE, with \
                 special characters percent-encoded",
            ),
            Self::UnknownParameter { name } => {
                match name {
                    Some(name) => write!(f, "the URL of the server has an unknown parameter, `{name}`")?,
                    None => f.write_str(
                        "the URL of the server has an unknown parameter (not shown, because it may be a part of the \
                         password, in which ?, & and @ are %3F, %26 and %40)",
                    )?,
                }
                write!(f, "; known are {} and options[NAME]", PARAMETERS.join(", "))
            }
            Self::PasswordFile { line } => write!(
                f,
                "line {line} of the password file (PGPASSFILE or ~/.pgpass) is not HOST:PORT:DATABASE:USER:PASSWORD"
            ),
            Self::Unreachable { .. } => f.write_str("the server cannot be reached"),
            Self::Tls { .. } => f.write_str("no trusted TLS connection to the server"),
            Self::Login { .. } => f.write_str("the server refuses the user, the password, or a connection without TLS"),
            Self::MissingDatabase { .. } => f.write_str("the server has no such database"),
            Self::ReadOnly => f.write_str("the server is a replica or allows only reading; name the primary"),
            Self::MissingTables => {
                f.write_str("the tables of the store are missing, and making them is turned off; run schema.sql")
            }
            Self::MissingPrivilege { .. } => f.write_str(
                "the user may not make the tables of the store, or may not read and write them; schema.sql names the \
                 rights",
            ),
            Self::NewerSchema { found, known } => {
                write!(f, "the tables have schema {found}, made by a newer version; this one knows up to {known}")
            }
            Self::Unusable { .. } => f.write_str("the server cannot be used as a store"),
        }
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreachable { source }
            | Self::Tls { source }
            | Self::Login { source }
            | Self::MissingDatabase { source }
            | Self::MissingPrivilege { source }
            | Self::Unusable { source } => Some(source),
            Self::Url
            | Self::UnknownParameter { .. }
            | Self::PasswordFile { .. }
            | Self::ReadOnly
            | Self::MissingTables
            | Self::NewerSchema { .. } => None,
        }
    }
}

/// What a step reports when its statement failed.
pub(crate) fn store_error(error: sqlx::Error) -> StoreError {
    match (&error, code(&error).as_deref()) {
        _ if is_full(&error) => StoreError::full().with_source(ServerError::from(error)),
        // The time limit of a statement, and of a lock.
        (_, Some("57014" | "55P03")) | (sqlx::Error::PoolTimedOut, _) => {
            StoreError::timeout().with_source(ServerError::from(error))
        }
        _ => StoreError::unavailable(ServerError::from(error)),
    }
}

/// What a step reports when its statement answers something else than its words.
pub(crate) fn unknown(answer: &str) -> StoreError {
    StoreError::unavailable(format!("unexpected reply from the server: {answer:?}"))
}

/// Whether a connection is of no use after this failure: it is broken, or its server ends or became a replica.
pub(crate) fn ends_the_connection(error: &sqlx::Error) -> bool {
    match code(error) {
        Some(code) => code.starts_with("57P") || code.starts_with("08") || code == "25006",
        None => true,
    }
}

/// Whether the statement met another, and may succeed when it is tried again: 40001 comes from a server whose default
/// isolation is stricter than read committed.
pub(crate) fn met_another(error: &sqlx::Error) -> bool {
    matches!(code(error).as_deref(), Some("40001" | "40P01"))
}

/// Whether there is no room on the disk. Running out of memory (53200) or of a session's limit (53400) is not that.
pub(crate) fn is_full(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("53100")
}

pub(crate) fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|error| error.code()).map(Into::into)
}
