//! Opening a file.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64, mpsc},
    thread,
    time::{Duration, Instant},
};

use qrhook::{Clock, SystemClock};
use rusqlite::{Connection, OpenFlags};

use crate::{
    clock::{FileClock, Mark, Source},
    error::OpenError,
    files::Files,
    fullness::Fullness,
    room::Room,
    schema, soundness,
    store::SqliteStore,
    writer::Writer,
};

/// The maximum number of waiting requests. Beyond it, steps fail at once rather than pile up.
const WAITING: usize = 8192;

/// The delay before a file that another process was preparing is tried again.
const RETRY: Duration = Duration::from_millis(10);

/// Options for opening a store, from [`SqliteStore::options`].
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use qrhook_sqlite::SqliteStore;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("qrhook.db");
/// let store = SqliteStore::options()
///     .with_busy_timeout(Duration::from_millis(100))
///     .with_max_bytes(512 * 1024 * 1024)
///     .open(&path)?;
/// assert_eq!(store.path(), path);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct SqliteOptions {
    busy_timeout: Duration,
    max_bytes: Option<u64>,
    clock: Source,
}

impl SqliteStore {
    /// Opens a store, and creates its file if it does not exist.
    ///
    /// Blocks while SQLite opens and checks the file, which takes from a few milliseconds to a few tenths of a second.
    /// Call it when the program starts.
    ///
    /// # Errors
    ///
    /// If the file cannot be used as a store. The [`OpenError`] names the file and the reason.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::options().open(path)
    }

    /// Returns the options for opening a store, with their defaults.
    pub fn options() -> SqliteOptions {
        SqliteOptions {
            busy_timeout: Duration::from_millis(250),
            max_bytes: None,
            clock: Source::System(SystemClock::new()),
        }
    }
}

impl SqliteOptions {
    /// Sets how long a transaction waits for another process that uses the same file. The default is 250 ms. Keep it
    /// well below the time that the receiver allows for a step.
    pub const fn with_busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// Limits the size of the file to about this many bytes, not counting its write-ahead log of a few megabytes. By
    /// default there is no limit. Once the file has reached it, claims fail until other records have passed their
    /// retention.
    pub const fn with_max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Sets the clock for leases and retentions. Meant for tests.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Source::Given(Box::new(clock));
        self
    }

    /// Opens a store, and creates its file if it does not exist.
    ///
    /// Blocks while SQLite opens and checks the file, which takes from a few milliseconds to a few tenths of a second.
    /// Call it when the program starts.
    ///
    /// # Errors
    ///
    /// If the file cannot be used as a store. The [`OpenError`] names the file and the reason.
    pub fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore, OpenError> {
        let path = path.as_ref().to_owned();
        // SQLite cannot mistake an absolute path for `:memory:` or a URI.
        let file = std::path::absolute(&path).map_err(|error| OpenError::unusable(path.clone(), error))?;
        check(&file, path.clone())?;
        let mut connection = self.connect(&file, &path)?;
        let mark = self.prepare(&mut connection, &path)?;
        soundness::check(&connection, &path)?;
        let max_pages = self.max_pages(&connection).map_err(|error| OpenError::from_sqlite(path.clone(), error))?;
        let of_system = |error| OpenError::unusable(path.clone(), error);
        let real = fs::canonicalize(&file).map_err(of_system)?;
        let files = Files::of(file, &real).map_err(of_system)?;
        let room = Room::of(real, max_pages);
        let clock = FileClock::start(self.clock, mark);

        let transactions = Arc::new(AtomicU64::new(0));
        let (counter, fullness) = (Arc::clone(&transactions), Fullness::default());
        let measured = fullness.clone();
        let (requests, waiting) = mpsc::sync_channel(WAITING);
        let (started, start) = mpsc::sync_channel(1);
        let writer = thread::Builder::new()
            .name("qrhook-sqlite".to_owned())
            .spawn(move || match Writer::on(&connection, files, room, clock, counter, measured) {
                Ok(writer) => {
                    let _ = started.send(Ok(()));
                    writer.serve(&waiting);
                }
                Err(error) => drop(started.send(Err(error))),
            })
            .map_err(|error| OpenError::unusable(path.clone(), error))?;
        match start.recv() {
            Ok(Ok(())) => Ok(SqliteStore::new(path, requests, writer, transactions, fullness)),
            Ok(Err(error)) => Err(OpenError::from_sqlite(path, error)),
            Err(error) => Err(OpenError::unusable(path, error)),
        }
    }

    fn connect(&self, file: &Path, path: &Path) -> Result<Connection, OpenError> {
        let of_sqlite = |error| OpenError::from_sqlite(path.to_owned(), error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags).map_err(of_sqlite)?;
        connection.busy_timeout(self.busy_timeout).map_err(of_sqlite)?;
        Ok(connection)
    }

    /// Two processes that change the journal mode could wait for each other, so SQLite refuses at once instead of
    /// waiting.
    fn prepare(&self, connection: &mut Connection, path: &Path) -> Result<Option<Mark>, OpenError> {
        let begun = Instant::now();
        loop {
            match schema::prepare(connection, path) {
                Err(OpenError::Locked { .. }) if begun.elapsed() < self.busy_timeout => thread::sleep(RETRY),
                prepared => return prepared,
            }
        }
    }

    fn max_pages(&self, connection: &Connection) -> rusqlite::Result<u32> {
        let Some(bytes) = self.max_bytes else { return Ok(u32::MAX) };
        let page: u32 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        Ok(bytes.checked_div(page.into()).map_or(u32::MAX, |pages| u32::try_from(pages).unwrap_or(u32::MAX).max(1)))
    }
}

/// Finds the cause of errors that SQLite reports only as "unable to open database file".
fn check(file: &Path, path: PathBuf) -> Result<(), OpenError> {
    let folder = file.parent().map_or(Ok(true), |folder| fs::metadata(folder).map(|folder| folder.is_dir()));
    match folder {
        Ok(true) => {}
        Ok(false) => return Err(OpenError::MissingFolder { path }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(OpenError::MissingFolder { path }),
        Err(error) => return Err(OpenError::unusable(path, error)),
    }
    match fs::metadata(file) {
        Ok(found) if found.is_dir() => Err(OpenError::Folder { path }),
        // The read-only mode is deliberate, so it counts even for a user who could write anyway, such as root.
        Ok(found) if found.permissions().readonly() => {
            Err(OpenError::ReadOnly { obstacle: file.to_owned(), path, source: "it is marked read-only".into() })
        }
        _ => Ok(()),
    }
}

impl fmt::Debug for SqliteOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteOptions")
            .field("busy_timeout", &self.busy_timeout)
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}
