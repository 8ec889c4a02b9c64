//! How a file is opened.

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
    room::Room,
    schema, soundness,
    store::SqliteStore,
    writer::Writer,
};

/// How many requests may wait. Behind them, steps fail at once rather than pile up.
const WAITING: usize = 8192;

/// How long to wait before a file is prepared again that another process was preparing.
const RETRY: Duration = Duration::from_millis(10);

/// How a file is opened. From [`SqliteStore::options`].
#[must_use]
pub struct SqliteOptions {
    busy_timeout: Duration,
    max_bytes: Option<u64>,
    clock: Source,
}

impl SqliteStore {
    /// Opens a store, and creates its file if there is none.
    ///
    /// Blocks while SQLite opens and checks the file, for some milliseconds to some tenths of a second: meant for the
    /// start of a program.
    ///
    /// # Errors
    ///
    /// When the file cannot be the store; [`OpenError`] says why and names it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::options().open(path)
    }

    /// How to open a store other than by default.
    pub fn options() -> SqliteOptions {
        SqliteOptions {
            busy_timeout: Duration::from_millis(250),
            max_bytes: None,
            clock: Source::System(SystemClock::new()),
        }
    }
}

impl SqliteOptions {
    /// How long a transaction waits for another process that uses the same file: 250 ms unless changed. Keep it well
    /// below the time that the receiver gives a step.
    pub const fn with_busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// Lets the file grow to about this size (not counting its write-ahead log of a few megabytes); no limit unless set. When it is reached, claims fail until others have passed their retention.
    pub const fn with_max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Judges leases and retentions by this clock. For tests.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Source::Given(Box::new(clock));
        self
    }

    /// Opens a store, and creates its file if there is none.
    ///
    /// Blocks while SQLite opens and checks the file, for some milliseconds to some tenths of a second: meant for the
    /// start of a program.
    ///
    /// # Errors
    ///
    /// When the file cannot be the store; [`OpenError`] says why and names it.
    pub fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore, OpenError> {
        let path = path.as_ref().to_owned();
        // An absolute path is never taken for `:memory:` or for a URI.
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
        let counter = Arc::clone(&transactions);
        let (requests, waiting) = mpsc::sync_channel(WAITING);
        let (started, start) = mpsc::sync_channel(1);
        let writer = thread::Builder::new()
            .name("qrhook-sqlite".to_owned())
            .spawn(move || match Writer::on(&connection, files, room, clock, counter) {
                Ok(writer) => {
                    let _ = started.send(Ok(()));
                    writer.serve(&waiting);
                }
                Err(error) => drop(started.send(Err(error))),
            })
            .map_err(|error| OpenError::unusable(path.clone(), error))?;
        match start.recv() {
            Ok(Ok(())) => Ok(SqliteStore::new(path, requests, writer, transactions)),
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

    /// SQLite refuses at once, rather than wait, where two processes that change the journal mode could wait for each
    /// other.
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

/// What SQLite would only call "unable to open database file".
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
        // Marked so on purpose, even where the user may write anyway, as root may.
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
