//! A durable store for [`qrhook`] in one SQLite file. Acknowledged events stay acknowledged when the program or the
//! machine crashes.
//!
//! # Example
//!
//! ```
//! use std::time::Duration;
//! use qrhook::store::{Key, Outcome, Store, Terms};
//! use qrhook_sqlite::SqliteStore;
//!
//! # qrhook::testing::block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("qrhook.db");
//! let store = SqliteStore::open(&path)?;
//!
//! // A receiver takes these steps for every delivery.
//! let key = Key::new("qrstudio", "crm-sync", b"evt_1");
//! let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(72 * 3600), 0)?;
//! let Outcome::Acquired(claim) = store.claim(&key, &terms).await? else { panic!("the event is new") };
//! store.commit(&claim).await?;
//! drop(store);
//!
//! let store = SqliteStore::open(&path)?;
//! assert_eq!(store.claim(&key, &terms).await?, Outcome::Done { same_occurrence: true });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A program opens a [`SqliteStore`] and passes it to its `Receiver`. [`SqliteOptions`] limits the size of the file and
//! the wait for its lock. [`OpenError`] gives the reason why a file cannot be used as a store. No async runtime is
//! needed.
//!
//! # Opening
//!
//! A file that is too damaged to claim from is refused. To check, the store reads a file of up to 64 MiB in full, and
//! runs the steps in a transaction that it rolls back. A database of another application, and a file that was written
//! by a newer version of this crate, are refused as well.
//!
//! # Steps
//!
//! One thread writes. It runs all waiting steps in one transaction, and replies to them when the transaction is on disk
//! (`journal_mode = WAL`, `synchronous = FULL`), so that concurrent deliveries share the cost of a flush. A failed
//! transaction acknowledges nothing: every step in it returns the error, and the receiver responds with 503.
//!
//! A step never blocks the thread that awaits it. A claim whose future was dropped before its turn is not made. A claim
//! whose outcome was never received is released.
//!
//! # Failures
//!
//! | Failure | Effect |
//! | --- | --- |
//! | the program or the machine crashes | committed events are remembered; open claims end with their leases |
//! | the file has reached its maximum size, or the disk is full | claims fail as [full](qrhook::store::StoreErrorKind::Full) until other records have passed their retention; commits and releases are retried without the claims, because they need no new space in the file |
//! | the disk has less than 512 KiB free, which are reserved for the write-ahead log | the log is emptied before each transaction, and the file does not grow |
//! | the file, its `-wal` or its `-shm` is removed, moved or replaced | within a second, one ERROR is logged, and every step fails until the same file is back or the program is restarted, because anything written in the meantime would be lost |
//!
//! # Time
//!
//! Leases and retentions run on the clock of the file. It starts at the wall clock, and moves as follows:
//!
//! | When | The clock of the file |
//! | --- | --- |
//! | the program runs | follows the monotonic clock alone; setting the wall clock forwards or backwards has no effect, neither then nor after a restart |
//! | the program was not running | advances by the time that passed on the wall clock since the last mark |
//! | the wall clock was set back before the restart | stands still, so that nothing ends early |
//!
//! The mark is a pair of times in the file: the clock of the file, and the wall clock at that moment. It is written
//! with the first step of every second and when the store is closed, and it never goes backwards. One case cannot be
//! told apart from the passing of time: a wall clock that is set forwards while the program is not running, or right
//! before a crash. If a machine's monotonic clock stops while the machine sleeps, leases and retentions last that much
//! longer.
//!
//! # Sharing
//!
//! A file serves one program. Two programs that open it by mistake, or briefly during a restart, corrupt nothing and
//! never claim the same event at the same time, because each claim is one statement under SQLite's own lock. A step
//! fails if its program waits longer than the busy timeout for the other. Do not put the file on a network file system:
//! SQLite's write-ahead log does not work there.

mod clock;
mod error;
mod files;
mod fullness;
mod obstacle;
mod options;
mod pending;
mod records;
mod request;
mod room;
mod schema;
mod soundness;
mod store;
mod writer;

pub use self::{error::OpenError, options::SqliteOptions, store::SqliteStore};

#[cfg(test)]
mod tests;
