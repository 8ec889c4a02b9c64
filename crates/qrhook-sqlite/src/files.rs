//! A check that a restart would find the files that SQLite has open.

use std::{
    ffi::OsString,
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

/// The files of an open store: the main file, its write-ahead log, and the index of the log.
///
/// While a connection is open, SQLite keeps all three: only the last connection to close removes the log, and the lock
/// of an open connection prevents that. So a file that is missing or different was removed or replaced by something
/// other than SQLite, and anything written from then on is lost after a restart.
///
/// The files are inspected by name and never opened, because closing a file would drop all locks that this process has
/// on it.
pub(crate) struct Files {
    main: Named,
    log: Named,
    index: Named,
    lost: bool,
}

/// The problem with the files.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) problem: String,
    /// Whether this check was the first to find it.
    pub(crate) is_news: bool,
    /// Whether only the log is gone and nothing replaced it. Its content can then still be moved to the main file.
    pub(crate) only_log: bool,
}

impl Files {
    /// The files of a connection that has been opened and read from. `real` is `path` with links resolved: SQLite puts
    /// the other two files there.
    pub(crate) fn of(path: PathBuf, real: &Path) -> io::Result<Self> {
        Ok(Self {
            log: Named::at(beside(real, "-wal"))?,
            index: Named::at(beside(real, "-shm"))?,
            main: Named::at(path)?,
            lost: false,
        })
    }

    /// Checks the files, and logs when they vanish or come back.
    pub(crate) fn check(&mut self) -> Result<(), Lost> {
        let main = self.main.look();
        let index = self.index.look();
        let log = self.log.look();
        let only_log = main.is_ok() && index.is_ok() && matches!(&log, Err(problem) if problem.is_absence);
        match main.and(index).and(log) {
            Ok(()) => {
                if self.lost {
                    tracing::warn!(path = %self.main.path.display(), "the store's files are back; steps succeed again");
                }
                self.lost = false;
                Ok(())
            }
            Err(problem) => {
                let is_news = !self.lost;
                if is_news {
                    tracing::error!(
                        path = %self.main.path.display(),
                        problem = problem.text,
                        "the store's files were removed or replaced; every step fails until they are back or the \
                         program is restarted"
                    );
                }
                self.lost = true;
                Err(Lost { problem: problem.text, is_news, only_log })
            }
        }
    }
}

struct Named {
    path: PathBuf,
    identity: Identity,
}

struct Problem {
    text: String,
    is_absence: bool,
}

impl Named {
    fn at(path: PathBuf) -> io::Result<Self> {
        let identity = identity(&fs::metadata(&path)?);
        Ok(Self { path, identity })
    }

    fn look(&self) -> Result<(), Problem> {
        let problem = |what: &str, is_absence| Problem { text: format!("{} {what}", self.path.display()), is_absence };
        match fs::metadata(&self.path) {
            Ok(found) if identity(&found) != self.identity => Err(problem("was replaced by another file", false)),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(problem("was removed or moved away", true)),
            Err(error) => Err(problem(&format!("cannot be inspected: {error}"), false)),
        }
    }
}

/// Device and inode. SQLite relies on them as well.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(found: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (found.dev(), found.ino())
}

/// On other systems std offers no identity. Windows does not release the name of an open file anyway.
#[cfg(not(unix))]
type Identity = ();

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {}

/// Returns the path with the suffix appended to its file name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
