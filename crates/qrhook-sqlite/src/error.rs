//! Why a file cannot be the store, and what a step reports.

use std::{error::Error, fmt, path::PathBuf};

use qrhook::store::StoreError;
use rusqlite::ErrorCode;

type Cause = Box<dyn Error + Send + Sync>;

/// Why a file cannot be opened as a store. Its message names the file.
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
    /// The file, or the folder around it, cannot be written.
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The file is no SQLite database.
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is a database of something else.
    OtherApplication {
        /// The file.
        path: PathBuf,
        /// The application that the file names; 0 when it names none.
        application_id: i32,
    },
    /// The file was written by a newer version of this crate.
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The version of its schema.
        found: i32,
        /// The newest version that is known here.
        known: i32,
    },
    /// Another process keeps the file locked.
    Locked {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: Cause,
    },
    /// Anything else.
    Unusable {
        /// The file.
        path: PathBuf,
        /// What SQLite or the system said.
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
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path, source: error.into() },
            _ => Self::unusable(path, error),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingFolder { path } => write!(f, "the folder for the store {} does not exist", path.display()),
            Self::Folder { path } => write!(f, "the store {} is a folder", path.display()),
            Self::ReadOnly { path } => write!(f, "the store {} cannot be written", path.display()),
            Self::NotADatabase { path } => write!(f, "the file {} is no SQLite database", path.display()),
            Self::OtherApplication { path, application_id } => write!(
                f,
                "the database {} belongs to another application (its id is {application_id:#010x})",
                path.display()
            ),
            Self::NewerSchema { path, found, known } => write!(
                f,
                "the store {} has schema {found}, written by a newer version; this one knows up to {known}",
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
            Self::Locked { source, .. } | Self::Unusable { source, .. } => Some(&**source),
            _ => None,
        }
    }
}

pub(crate) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

/// What a step reports when its transaction failed.
pub(crate) fn store_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::full().with_source(error),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::timeout().with_source(error),
        _ => StoreError::unavailable(error),
    }
}
