//! A durable store for [`qrhook`] in one SQLite file: what was acknowledged survives a crash of the program and of
//! the machine.
//!
//! ```
//! use std::time::Duration;
//! use qrhook::store::{Key, Outcome, Store, Terms};
//! use qrhook_sqlite::SqliteStore;
//!
//! # qrhook::testing::block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("qrhook.db");
//! let key = Key::new("qrstudio", "crm-sync", b"evt_1");
//! let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(72 * 3600), 0)?;
//!
//! let store = SqliteStore::open(&path)?;
//! let Outcome::Acquired(claim) = store.claim(&key, &terms).await? else { panic!("nobody has it") };
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
//! # Writing
//!
//! One thread writes. It puts all steps that wait into one transaction and answers them when that is on the disk
//! (`journal_mode = WAL`, `synchronous = FULL`), so that many deliveries at once share the price of a flush. A
//! transaction that fails acknowledges nothing: every step in it gets the error, and the receiver answers 503. Only
//! when the file has its greatest size, or the disk is full, commits and releases are tried again without the claims, because
//! they need no new room in the file. 512 KiB of the disk are left for the write-ahead log: while less is free, the log is
//! emptied before each transaction, and the file does not grow. So a full store accepts claims again when others have passed
//! their retention.
//!
//! No runtime is needed, and no step blocks the thread that awaits it. A claim whose future was dropped before its turn
//! is not made; one whose outcome nobody took is given back.
//!
//! # Files
//!
//! | What | When |
//! | --- | --- |
//! | a file that is too damaged to claim from is refused | when it is opened: up to 64 MiB are read as a whole, and the steps are tried and taken back |
//! | the file, its `-wal` or its `-shm` was removed, moved or replaced | within a second: one ERROR, and every step fails until the very file is back or the program is restarted, because what is written from then on would be gone |
//!
//! # Time
//!
//! Leases and retentions run on the clock of the file. It begins with the wall clock, and is moved by:
//!
//! | When | What |
//! | --- | --- |
//! | the program runs | the monotonic clock alone: the wall clock can be set forwards or backwards, and nothing changes, then or after a restart |
//! | the program was away | the wall clock since the last mark, if it went forwards |
//! | the wall clock was set back meanwhile | nothing: the clock of the file stands still, so that nothing ends early |
//!
//! The mark is a pair in the file (what its clock said, and what the wall clock said then), written with the first step
//! of every second and when the store is closed. It never goes backwards. What cannot be told from time that passes is a
//! wall clock that is set forwards while the program is away, or right before a crash. Where a machine's monotonic clock
//! stops while the machine sleeps, leases and retentions last longer by that time.
//!
//! # Sharing
//!
//! A file serves one program. Two that open it by mistake, or for the moment of a restart, corrupt nothing and never
//! claim the same event at once, for each claim is one statement inside SQLite's own lock; one that waits for the other
//! longer than the busy timeout fails the step. Network file systems are not for SQLite's write-ahead log.

mod clock;
mod error;
mod files;
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
