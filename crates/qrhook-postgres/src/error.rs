//! The errors of connecting and of the store's steps.

use std::{error::Error, fmt, io};

use qrhook::store::StoreError;

use crate::parameters::PARAMETERS;

/// The reason why a server cannot be used as a store.
///
/// Its message names neither the server nor its user or database, because any part of a URL may turn out to be part of
/// the password.
///
/// # Example
///
/// ```
/// use qrhook_postgres::{ConnectError, PostgresStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let error = PostgresStore::connect("postgres://db.example/crm?pasword=secret").await.unwrap_err();
/// assert!(matches!(error, ConnectError::UnknownParameter { name: Some(name) } if name == "pasword"));
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL cannot be read.
    Url,
    /// The URL has a parameter that the driver does not know. The driver would log the value, which may be a password.
    UnknownParameter {
        /// The name of the parameter, or `None` if it may be part of the password itself.
        name: Option<String>,
    },
    /// A line of the password file (`PGPASSFILE` or `~/.pgpass`) cannot be read. The driver would log it.
    PasswordFile {
        /// The number of the line, from 1.
        line: usize,
    },
    /// The server does not respond, or not in time.
    Unreachable {
        /// The error from the system.
        source: ServerError,
    },
    /// The server's certificate is not trusted, or the URL requires TLS and it is not built in.
    Tls {
        /// The error from the TLS library.
        source: ServerError,
    },
    /// The server refuses the user, the password, or a connection without TLS.
    Login {
        /// The error from the server.
        source: ServerError,
    },
    /// The database does not exist.
    MissingDatabase {
        /// The error from the server.
        source: ServerError,
    },
    /// The server is a replica, or is read-only.
    ReadOnly,
    /// The tables do not exist, and the migration is turned off.
    MissingTables,
    /// The user is not allowed to create the tables, or to read and write them.
    MissingPrivilege {
        /// The missing rights, or the error from the server.
        source: ServerError,
    },
    /// The tables were created by a newer version of this crate.
    NewerSchema {
        /// The version of the tables.
        found: i32,
        /// The newest version that this crate supports.
        known: i32,
    },
    /// Any other failure.
    Unusable {
        /// The error from the server.
        source: ServerError,
    },
}

/// An error from the server, the driver or the system.
///
/// Holds the server's message and SQLSTATE, without the details, which may contain values of a row.
pub struct ServerError {
    code: Option<String>,
    message: String,
}

impl ServerError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { code: None, message: message.into() }
    }

    /// The SQLSTATE, if the error is from the server.
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
                    // These messages repeat parts of the URL.
                    Some(code) if code.starts_with("28") || code == "3D000" => "refused",
                    // These messages repeat `options`. Our own statements never cause them.
                    Some("22023" | "42601" | "42602") => "a setting of the connection was refused",
                    _ => error.message(),
                };
                Self { message: message.to_owned(), code }
            }
            sqlx::Error::Io(error) => Self::new(error.to_string()),
            // This message repeats the certificate from the URL, which may be a private key.
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
            // The kind of error with which a TLS handshake fails.
            (sqlx::Error::Io(cause), _) if cause.kind() == io::ErrorKind::InvalidData => {
                Self::Tls { source: error.into() }
            }
            (sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed, _) => {
                Self::Unreachable { source: error.into() }
            }
            // Starting up, shutting down, or out of connections.
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
                        "the URL of the server has an unknown parameter (not shown, because it may be part of the \
                         password; in a password, write ?, & and @ as %3F, %26 and %40)",
                    )?,
                }
                write!(f, "; known parameters are {} and options[NAME]", PARAMETERS.join(", "))
            }
            Self::PasswordFile { line } => write!(
                f,
                "line {line} of the password file (PGPASSFILE or ~/.pgpass) is not HOST:PORT:DATABASE:USER:PASSWORD"
            ),
            Self::Unreachable { .. } => f.write_str("the server cannot be reached"),
            Self::Tls { .. } => f.write_str("a trusted TLS connection to the server cannot be made"),
            Self::Login { .. } => f.write_str("the server refuses the user, the password, or a connection without TLS"),
            Self::MissingDatabase { .. } => f.write_str("the database does not exist on the server"),
            Self::ReadOnly => f.write_str("the server is a replica or is read-only; use the address of the primary"),
            Self::MissingTables => {
                f.write_str("the tables of the store are missing, and the migration is turned off; run schema.sql")
            }
            Self::MissingPrivilege { .. } => f.write_str(
                "the user is not allowed to create the tables of the store, or to read and write them; schema.sql \
                 lists the rights",
            ),
            Self::NewerSchema { found, known } => {
                write!(
                    f,
                    "the tables have schema {found}, created by a newer version; this version supports up to {known}"
                )
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

/// The error of a step whose statement failed.
pub(crate) fn store_error(error: sqlx::Error) -> StoreError {
    match (&error, code(&error).as_deref()) {
        _ if is_full(&error) => StoreError::full().with_source(ServerError::from(error)),
        // The time limits of a statement and of a lock.
        (_, Some("57014" | "55P03")) | (sqlx::Error::PoolTimedOut, _) => {
            StoreError::timeout().with_source(ServerError::from(error))
        }
        _ => StoreError::unavailable(ServerError::from(error)),
    }
}

/// The error of a step whose statement returned an unexpected word.
pub(crate) fn unknown(answer: &str) -> StoreError {
    StoreError::unavailable(format!("unexpected reply from the server: {answer:?}"))
}

/// Returns whether the connection is unusable after this error: it is broken, or its server shuts down or became a
/// replica.
pub(crate) fn ends_the_connection(error: &sqlx::Error) -> bool {
    match code(error) {
        Some(code) => code.starts_with("57P") || code.starts_with("08") || code == "25006",
        None => true,
    }
}

/// Returns whether the statement conflicted with another one, and may succeed when it is repeated. A server whose
/// default isolation is stricter than read committed returns 40001.
pub(crate) fn met_another(error: &sqlx::Error) -> bool {
    matches!(code(error).as_deref(), Some("40001" | "40P01"))
}

/// Returns whether the disk is full. Running out of memory (53200) or reaching a session's limit (53400) is something
/// else.
pub(crate) fn is_full(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("53100")
}

pub(crate) fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|error| error.code()).map(Into::into)
}
