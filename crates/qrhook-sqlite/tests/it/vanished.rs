//! Files that vanish while the program runs.

use std::{
    error::Error,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, Instant},
};

use qrhook::{
    Clock, UnixTime,
    store::{Claim, Settled, Store, StoreError, StoreErrorKind},
    testing::{ManualClock, block_on},
};
use qrhook_sqlite::SqliteStore;

use crate::support::{DONE, START, claim, found, handle, open, place, try_claim};

/// The log of the program, shared by all tests.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start() -> &'static Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Self::default();
            let to = log.clone();
            let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || to.clone());
            subscriber.try_init().unwrap();
            log
        })
    }

    /// The lines of this level that are about this file.
    fn lines(&self, level: &str, path: &Path) -> Vec<String> {
        let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let path = format!("path={}", path.display());
        let about = |line: &&str| line.contains(level) && line.split(' ').any(|field| field == path);
        log.lines().filter(about).map(str::to_owned).collect()
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    format!("{}{suffix}", path.display()).into()
}

fn replace(path: &Path) {
    let copy = beside(path, ".copy");
    fs::copy(path, &copy).unwrap();
    fs::rename(copy, path).unwrap();
}

/// Asserts that a step failed because a file is gone, and that its error names the file.
fn assert_refused<T: std::fmt::Debug>(result: Result<T, StoreError>, file: &Path, name: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{name}");
    let source = error.source().unwrap().to_string();
    assert!(source.starts_with(&file.display().to_string()), "{name}: {source}");
}

fn set_up(path: &PathBuf) -> (SqliteStore, Claim) {
    let store = open(path, &ManualClock::at(START));
    handle(&store, "before");
    let held = claim(&store, "held");
    (store, held)
}

#[test]
fn every_step_fails_once_a_file_is_gone_and_one_line_says_so() {
    let log = Log::start();
    let remove = |path: &Path| fs::remove_file(path).unwrap();
    type Case<'a> = (&'a str, &'a str, &'a dyn Fn(&Path));
    let cases: [Case<'_>; 6] = [
        ("the file is removed", "", &remove),
        ("the file is replaced", "", &replace),
        ("the log is removed", "-wal", &remove),
        ("the log is replaced", "-wal", &replace),
        ("the index of the log is removed", "-shm", &remove),
        ("the index of the log is replaced", "-shm", &replace),
    ];
    for (name, suffix, take_away) in cases {
        let (_folder, path) = place();
        let (store, held) = set_up(&path);
        let file = beside(&path, suffix);
        take_away(&file);
        assert_refused(try_claim(&store, "new"), &file, name);
        assert_refused(try_claim(&store, "before"), &file, name);
        assert_refused(block_on(store.commit(&held)), &file, name);
        assert_refused(block_on(store.release(&held)), &file, name);
        assert_refused(block_on(store.sweep(1)), &file, name);
        let lines = log.lines("ERROR", &path);
        assert_eq!(lines.len(), 1, "{name}: {lines:?}");
        assert!(lines[0].contains(&file.display().to_string()), "{name}: {lines:?}");
    }
}

#[test]
fn a_store_goes_on_when_its_very_file_is_back() {
    let log = Log::start();
    for suffix in ["", "-wal", "-shm"] {
        let (_folder, path) = place();
        let (store, held) = set_up(&path);
        let (file, elsewhere) = (beside(&path, suffix), beside(&path, ".moved"));
        fs::rename(&file, &elsewhere).unwrap();
        assert_refused(try_claim(&store, "new"), &file, suffix);
        fs::rename(&elsewhere, &file).unwrap();
        assert_eq!(block_on(store.commit(&held)).unwrap(), Settled::Applied, "{suffix}");
        assert_eq!(found(&store, "before"), DONE, "{suffix}");
        claim(&store, "new");
        assert_eq!(log.lines("WARN", &path).len(), 1, "{suffix}");
    }
}

#[test]
fn a_folder_that_is_moved_takes_the_files_along() {
    let (folder, _) = place();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let path = inner.join("qrhook.db");
    let (store, _held) = set_up(&path);
    fs::rename(&inner, folder.path().join("moved")).unwrap();
    assert_refused(try_claim(&store, "new"), &path, "moved");
}

#[test]
fn an_idle_store_notices_too() {
    let log = Log::start();
    let (_folder, path) = place();
    let _store = set_up(&path);
    fs::remove_file(&path).unwrap();
    let start = Instant::now();
    while log.lines("ERROR", &path).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing was logged");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Removes the file when the time is read, which is in the middle of a transaction.
struct RemovesTheFile(PathBuf, Arc<Mutex<bool>>);

impl Clock for RemovesTheFile {
    fn unix(&self) -> UnixTime {
        START
    }

    fn monotonic(&self) -> Duration {
        if std::mem::take(&mut *self.1.lock().unwrap()) {
            fs::remove_file(&self.0).unwrap();
        }
        Duration::ZERO
    }
}

#[test]
fn what_was_written_while_the_file_went_is_not_acknowledged() {
    let (_folder, path) = place();
    let armed = Arc::new(Mutex::new(false));
    let clock = RemovesTheFile(path.clone(), Arc::clone(&armed));
    let store = SqliteStore::options().with_clock(clock).open(&path).unwrap();
    let held = claim(&store, "held");
    *armed.lock().unwrap() = true;
    assert_refused(block_on(store.commit(&held)), &path, "in the middle");
    assert!(!*armed.lock().unwrap());
}

#[test]
fn what_the_log_held_is_saved_when_it_is_removed() {
    let (_folder, path) = place();
    let (store, _held) = set_up(&path);
    fs::remove_file(beside(&path, "-wal")).unwrap();
    assert_refused(try_claim(&store, "new"), &beside(&path, "-wal"), "removed");
    // The store is never closed, as after a crash.
    std::mem::forget(store);
    let copy = path.with_file_name("copy.db");
    fs::copy(&path, &copy).unwrap();
    assert_eq!(found(&open(&copy, &ManualClock::at(START)), "before"), DONE);
}

#[test]
fn closing_a_store_whose_file_was_replaced_leaves_the_new_one_alone() {
    let (_folder, path) = place();
    let (old, _held) = set_up(&path);
    for suffix in ["", "-wal", "-shm"] {
        fs::rename(beside(&path, suffix), beside(&path, &format!(".old{suffix}"))).unwrap();
    }
    let new = open(&path, &ManualClock::at(START));
    handle(&new, "new");
    drop(old);
    handle(&new, "newer");
    assert_eq!(found(&new, "new"), DONE);
    // The old store lost nothing either.
    drop(new);
    assert_eq!(found(&open(&beside(&path, ".old"), &ManualClock::at(START)), "before"), DONE);
}
