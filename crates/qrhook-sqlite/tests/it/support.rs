//! Helpers for the tests.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use qrhook::{
    UnixTime,
    store::{Claim, Key, Outcome, Settled, Store, StoreError, Terms},
    testing::{ManualClock, block_on},
};
use qrhook_sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

/// The wait for a file after which a test is considered to hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) const LEASE: Duration = Duration::from_secs(30);
pub(crate) const RETENTION: Duration = Duration::from_secs(72 * 3600);
pub(crate) const START: UnixTime = UnixTime::from_secs(1_778_335_283);
pub(crate) const DONE: Outcome = Outcome::Done { same_occurrence: true };

/// A folder that is removed after the test, and the path of a file in it.
pub(crate) fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("qrhook.db");
    (folder, path)
}

pub(crate) fn open(path: &PathBuf, clock: &ManualClock) -> SqliteStore {
    patient().with_clock(clock.clone()).open(path).unwrap()
}

/// Options with a long busy timeout: on a busy machine, another process may hold the lock for long.
pub(crate) fn patient() -> SqliteOptions {
    SqliteStore::options().with_busy_timeout(PATIENCE)
}

pub(crate) fn key(id: impl ToString) -> Key {
    Key::new("qrstudio", "crm-sync", id.to_string().as_bytes())
}

pub(crate) fn terms() -> Terms {
    Terms::new(LEASE, RETENTION, 7).unwrap()
}

pub(crate) fn try_claim(store: &SqliteStore, id: impl ToString) -> Result<Outcome, StoreError> {
    block_on(store.claim(&key(id), &terms()))
}

pub(crate) fn found(store: &SqliteStore, id: impl ToString) -> Outcome {
    try_claim(store, id).unwrap()
}

pub(crate) fn claim(store: &SqliteStore, id: impl ToString) -> Claim {
    match found(store, id) {
        Outcome::Acquired(claim) => claim,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn handle(store: &SqliteStore, id: impl ToString) {
    let claim = claim(store, id);
    assert_eq!(block_on(store.commit(&claim)).unwrap(), Settled::Applied);
}

/// The environment variable that names the file to a test that runs as a child.
const CHILD: &str = "QRHOOK_SQLITE_CHILD";

/// The file, if this process is a child.
pub(crate) fn childs_path() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

/// This program again, running one test, which learns from the environment that it is a child. `start` is a shell
/// command that ends by running `"$@"`.
pub(crate) fn child(start: &str, test: &str, path: &Path) -> Command {
    let mut child = Command::new("sh");
    child
        .args(["-c", start, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::piped());
    child
}

/// Prints a line of its own in one write, straight to the pipe.
pub(crate) fn say(line: &str) {
    std::io::stdout().write_all(format!("\n{line}\n").as_bytes()).unwrap();
}
