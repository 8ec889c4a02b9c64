//! Finds the file that SQLite cannot use. SQLite reports that something cannot be opened or written, but not what.

use std::{
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use crate::files::beside;

/// A file or folder that SQLite cannot use, and the reason.
#[derive(Debug)]
pub(crate) struct Obstacle {
    pub(crate) file: PathBuf,
    pub(crate) problem: String,
}

/// Finds the obstacle after SQLite refused the file.
///
/// Each file is opened as SQLite would open it, because modes and owners alone do not show the effect of a read-only
/// disk, an access list or a capability. The main file comes last, because closing it would drop the locks that another
/// store in this process holds on it. If the log is the obstacle, the main file is never opened.
pub(crate) fn find(path: &Path) -> Option<Obstacle> {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let files = [beside(&real, "-wal"), beside(&real, "-shm"), real];
    let refused = |file: &PathBuf| match OpenOptions::new().read(true).write(true).open(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Some(Obstacle::new(file, &error)),
        _ => None,
    };
    files.iter().find_map(refused).or_else(|| folder(&files[2]))
}

/// Tries to create a file in the folder, as SQLite does with the log.
fn folder(file: &Path) -> Option<Obstacle> {
    let probe = beside(file, &format!("-probe-{}", std::process::id()));
    match OpenOptions::new().write(true).create_new(true).open(&probe) {
        Ok(_) => {
            let _ = fs::remove_file(&probe);
            None
        }
        Err(error) => file.parent().map(|folder| Obstacle::new(folder, &error)),
    }
}

impl Obstacle {
    fn new(file: &Path, error: &io::Error) -> Self {
        let owner = fs::metadata(file).ok().and_then(|found| owner(&found)).unwrap_or_default();
        Self { file: file.to_owned(), problem: format!("{error}{owner}") }
    }
}

#[cfg(unix)]
fn owner(found: &fs::Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    Some(format!("; it is owned by user {} and has mode {:03o}", found.uid(), found.mode() & 0o7777))
}

#[cfg(not(unix))]
fn owner(_: &fs::Metadata) -> Option<String> {
    None
}
