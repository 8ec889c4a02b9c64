//! The errors of opening a store and of its steps.

use std::{error::Error, fmt, path::PathBuf};

use qrhook::store::StoreError;
use rusqlite::{ErrorCode, ffi};

use crate::obstacle;

type Cause = Box<dyn Error + Send + Sync>;

/// The reason why a file cannot be opened as a store. Its message names the file.
///
/// # Example
///
/// ```
/// use qrhook_sqlite::{OpenError, SqliteStore};
///
/// let error = SqliteStore::open("/nowhere/qrhook.db").unwrap_err();
/// assert!(matches!(error, OpenError::MissingFolder { .. }));
/// assert_eq!(error.to_string(), "the folder for the store /nowhere/qrhook.db does not exist");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder that the file should be in does not exist.
    MissingFolder {
        /// The file.
        path: PathBuf,
    },
    /// The path is a folder.
    Folder {
        /// The path.
        path: PathBuf,
    },
    /// One of the store's files, or their folder, is not readable and writable.
    ReadOnly {
        /// The file of the store.
        path: PathBuf,
        /// The file that is refused: the same file, its write-ahead log (`-wal`), the index of the log (`-shm`), or the
        /// folder.
        obstacle: PathBuf,
        /// The error from the system, with the owner and the mode of the obstacle.
        source: Cause,
    },
    /// The file is not a SQLite database.
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is a store, but too damaged to use.
    Damaged {
        /// The file.
        path: PathBuf,
        /// The damage that SQLite found.
        source: Cause,
    },
    /// The file is a database of another application.
    OtherApplication {
        /// The file.
        path: PathBuf,
        /// The application id in the file, or 0 if it has none.
        application_id: i32,
    },
    /// The file was written by a newer version of this crate.
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The version of its schema.
        found: i32,
        /// The newest version that this crate supports.
        known: i32,
    },
    /// Another process keeps the file locked.
    Locked {
        /// The file.
        path: PathBuf,
        /// The error from SQLite.
        source: Cause,
    },
    /// Any other failure.
    Unusable {
        /// The file.
        path: PathBuf,
        /// The error from SQLite or the system.
        source: Cause,
    },
}

impl OpenError {
    pub(crate) fn unusable(path: PathBuf, source: impl Into<Cause>) -> Self {
        Self::Unusable { path, source: source.into() }
    }

    pub(crate) fn from_sqlite(path: PathBuf, error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, source: error.into() },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::refused(path, error)
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path, source: error.into() },
            _ => Self::unusable(path, error),
        }
    }

    /// The error when SQLite refused a file without naming it.
    pub(crate) fn refused(path: PathBuf, error: impl Into<Cause>) -> Self {
        match obstacle::find(&path) {
            Some(found) => Self::ReadOnly { path, obstacle: found.file, source: found.problem.into() },
            None => Self::unusable(path, error),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingFolder { path } => write!(f, "the folder for the store {} does not exist", path.display()),
            Self::Folder { path } => write!(f, "the store {} is a folder", path.display()),
            Self::ReadOnly { path, obstacle, .. } if path == obstacle => {
                write!(f, "the store {} is not readable and writable", path.display())
            }
            Self::ReadOnly { path, obstacle, .. } => write!(
                f,
                "the store {} cannot be used, because {} is not readable and writable",
                path.display(),
                obstacle.display()
            ),
            Self::NotADatabase { path } => write!(f, "the file {} is not a SQLite database", path.display()),
            Self::Damaged { path, .. } => write!(f, "the store {} is damaged", path.display()),
            Self::OtherApplication { path, application_id } => write!(
                f,
                "the database {} belongs to another application (its id is {application_id:#010x})",
                path.display()
            ),
            Self::NewerSchema { path, found, known } => write!(
                f,
                "the store {} has schema {found}, written by a newer version; this version supports up to {known}",
                path.display()
            ),
            Self::Locked { path, .. } => write!(f, "the store {} is locked by another process", path.display()),
            Self::Unusable { path, .. } => write!(f, "the store {} cannot be used", path.display()),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::ReadOnly { source, .. }
            | Self::Damaged { source, .. }
            | Self::Locked { source, .. }
            | Self::Unusable { source, .. } => Some(&**source),
            _ => None,
        }
    }
}

/// The reason why a transaction failed.
#[derive(Debug)]
pub(crate) enum Failure {
    Sqlite(rusqlite::Error),
    /// The files of the store were removed or replaced.
    Lost(String),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Failure {
    pub(crate) fn is_no_room(&self) -> bool {
        matches!(self, Self::Sqlite(error) if is_no_room(error))
    }
}

/// Returns whether there was no room to write: the file has reached its maximum size, the disk is full, or the system
/// refused a write, for instance because of a quota.
pub(crate) fn is_no_room(error: &rusqlite::Error) -> bool {
    let refused = [ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_SHMSIZE];
    error
        .sqlite_error()
        .is_some_and(|error| error.code == ErrorCode::DiskFull || refused.contains(&error.extended_code))
}

/// The error of a step whose transaction failed.
pub(crate) fn store_error(failure: Failure) -> StoreError {
    let error = match failure {
        Failure::Sqlite(error) => error,
        Failure::Lost(problem) => return StoreError::unavailable(problem),
    };
    match error.sqlite_error_code() {
        _ if is_no_room(&error) => StoreError::full().with_source(error),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::timeout().with_source(error),
        _ => StoreError::unavailable(error),
    }
}

/// The error of a step when the writer has ended.
pub(crate) fn writer_gone() -> StoreError {
    StoreError::unavailable("the store's writer thread has ended")
}
