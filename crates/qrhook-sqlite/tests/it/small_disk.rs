//! A disk so small that the write-ahead log fills it.

use std::{path::PathBuf, time::Duration};

use qrhook::{
    store::{Outcome, Settled, Store, StoreErrorKind},
    testing::{ManualClock, block_on},
};
use qrhook_sqlite::SqliteStore;
use rusqlite::Connection;

use crate::support::{DONE, RETENTION, START, child, childs_path, claim, handle, open, place, say, try_claim};

/// Runs a test again with its folder on a disk of this size, in a separate namespace, which needs no privileges.
fn on_a_disk(size: &str, test: &str) {
    let (folder, path) = place();
    let start = format!(
        "exec unshare --map-root-user --mount sh -c 'mount -t tmpfs -o size={size} none {} && exec \"$@\"' sh \"$@\"",
        folder.path().display()
    );
    let output = child(&start, test, &path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("\nas it should\n"), "{size}: {said}{}", String::from_utf8_lossy(&output.stderr));
}

/// Handles events until the disk is full, and returns their number.
fn fill(store: &SqliteStore, name: &str) -> usize {
    for id in 0..100_000 {
        match try_claim(store, format!("{name} {id}")) {
            Ok(Outcome::Acquired(claim)) => match block_on(store.commit(&claim)) {
                Ok(settled) => assert_eq!(settled, Settled::Applied, "{id}"),
                Err(refused) => {
                    assert_eq!(refused.kind(), StoreErrorKind::Full, "{id}: {refused:?}");
                    return id;
                }
            },
            Ok(other) => panic!("{id}: {other:?}"),
            Err(refused) => {
                assert_eq!(refused.kind(), StoreErrorKind::Full, "{id}: {refused:?}");
                return id;
            }
        }
    }
    panic!("the disk is not small");
}

/// A full store may refuse the claim, but it forgets nothing.
fn assert_remembered(store: &SqliteStore, id: impl ToString) {
    match try_claim(store, id.to_string()) {
        Ok(found) => assert_eq!(found, DONE, "{}", id.to_string()),
        Err(refused) => assert_eq!(refused.kind(), StoreErrorKind::Full, "{}: {refused:?}", id.to_string()),
    }
}

fn fill_it_twice(path: &PathBuf) {
    let clock = ManualClock::at(START);
    let store = open(path, &clock);
    let open_claim = claim(&store, "open");
    let handled = fill(&store, "first");
    // The log alone would take a MiB for every 80 events.
    assert!(handled > 500, "{handled}");
    for id in 0..handled {
        assert_remembered(&store, format!("first {id}"));
    }
    // An open claim can be committed, however often that is repeated.
    assert_eq!(block_on(store.commit(&open_claim)).unwrap(), Settled::Applied);
    drop(store);

    // The store opens while the disk is full, and is usable again when the retention is over.
    let store = open(path, &clock);
    assert_remembered(&store, "open");
    clock.advance(RETENTION);
    for id in 0..handled / 2 {
        handle(&store, format!("second {id}"));
    }
    say("as it should");
}

#[test]
fn a_log_that_fills_the_disk_is_emptied() {
    if let Some(path) = childs_path() {
        return fill_it_twice(&path);
    }
    for size in ["1m", "2m", "4m"] {
        on_a_disk(size, "small_disk::a_log_that_fills_the_disk_is_emptied");
    }
}

fn fill_it_while_another_reads(path: &PathBuf) {
    let store = SqliteStore::options().with_busy_timeout(Duration::from_millis(1)).open(path).unwrap();
    for id in 0..100 {
        handle(&store, id);
    }
    let reader = Connection::open(path).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let count =
        |reader: &Connection| reader.query_row("SELECT count(*) FROM event", [], |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(count(&reader), 100);
    let handled = fill(&store, "beside");
    assert_eq!(count(&reader), 100);
    drop(reader);
    handle(&store, "after");
    for id in 0..handled {
        assert_remembered(&store, format!("beside {id}"));
    }
    say("as it should");
}

#[test]
fn a_log_that_nobody_could_empty_is_emptied_when_its_reader_is_gone() {
    if let Some(path) = childs_path() {
        return fill_it_while_another_reads(&path);
    }
    on_a_disk("1500k", "small_disk::a_log_that_nobody_could_empty_is_emptied_when_its_reader_is_gone");
}
