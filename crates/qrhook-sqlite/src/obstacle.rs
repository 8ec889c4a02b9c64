//! Which of a store's files SQLite cannot use. It says that something cannot be opened or written, but not what.

use std::{
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use crate::files::beside;

/// A file or folder that is in the way, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Obstacle {
    pub(crate) file: PathBuf,
    pub(crate) problem: String,
}

/// Finds what is in the way, after SQLite refused the file.
///
/// The system is asked by opening each file as SQLite would: modes and owners alone do not tell what a read-only disk,
/// an access list or a capability decides. The main file comes last, because closing it would drop the locks of another
/// store on it in this process; a store whose log cannot be used never gets there.
pub(crate) fn find(path: &Path) -> Option<Obstacle> {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let files = [beside(&real, "-wal"), beside(&real, "-shm"), real];
    let refused = |file: &PathBuf| match OpenOptions::new().read(true).write(true).open(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Some(Obstacle::new(file, &error)),
        _ => None,
    };
    files.iter().find_map(refused).or_else(|| folder(&files[2]))
}

/// Tries to make a file in the folder, as SQLite does with the log.
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
    Some(format!("; it belongs to user {} and has mode {:03o}", found.uid(), found.mode() & 0o7777))
}

#[cfg(not(unix))]
fn owner(_: &fs::Metadata) -> Option<String> {
    None
}
