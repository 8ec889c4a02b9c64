//! Whether a restart would find the files that SQLite has open.

use std::{
    ffi::OsString,
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

/// The files of an open store: the main file, its write-ahead log, and the index of the log.
///
/// While a connection is open, SQLite keeps all three: only the last one to close a file removes its log, and the lock
/// of an open connection stands against that. So a file that is missing here, or is another one, was taken by somebody
/// else, and what is written from then on is gone after a restart.
///
/// The files are looked at by name and never opened: closing a file would drop all locks that this process has on it.
pub(crate) struct Files {
    main: Named,
    log: Named,
    index: Named,
    lost: bool,
}

/// What is wrong with the files.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) problem: String,
    /// Whether this is new, rather than found by an earlier look.
    pub(crate) is_news: bool,
    /// Whether the log alone is gone, and nothing stands in its place: what is in it can still be moved to the file.
    pub(crate) only_log: bool,
}

impl Files {
    /// The files of a connection that has been opened and read from. `real` is where a link at `path` leads to: SQLite
    /// puts the other two there.
    pub(crate) fn of(path: PathBuf, real: &Path) -> io::Result<Self> {
        Ok(Self {
            log: Named::at(beside(real, "-wal"))?,
            index: Named::at(beside(real, "-shm"))?,
            main: Named::at(path)?,
            lost: false,
        })
    }

    /// Looks at the files.
    pub(crate) fn check(&mut self) -> Result<(), Lost> {
        let main = self.main.look();
        let index = self.index.look();
        let log = self.log.look();
        let only_log = main.is_ok() && index.is_ok() && matches!(&log, Err(problem) if problem.is_absence);
        match main.and(index).and(log) {
            Ok(()) => {
                if self.lost {
                    tracing::warn!(path = %self.main.path.display(), "the store's files are back; it is used again");
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
                        "the store's files were taken away; every step fails until they are back or the program is \
                         restarted"
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
            Err(error) => Err(problem(&format!("cannot be looked at: {error}"), false)),
        }
    }
}

/// Device and inode. SQLite trusts in them as well.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(found: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (found.dev(), found.ino())
}

/// Elsewhere std knows no identity. Windows does not let go of the name of an open file anyway.
#[cfg(not(unix))]
type Identity = ();

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {}

/// The path with something added to its last part.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
