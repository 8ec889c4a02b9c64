//! Opening a store, and files that cannot be one.

use std::{error::Error, fs, time::Duration};

use qrhook_sqlite::{OpenError, SqliteStore};
use rusqlite::Connection;

use crate::support::{DONE, found, handle, patient, place};

fn refused(path: &std::path::Path) -> OpenError {
    let error = SqliteStore::options().with_busy_timeout(Duration::from_millis(1)).open(path).unwrap_err();
    assert!(error.to_string().contains(&path.display().to_string()), "{error} does not name the file");
    error
}

#[test]
fn what_was_handled_is_known_when_it_is_opened_again() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    handle(&store, 1);
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(found(&store, 1), DONE);
    assert_eq!(format!("{store:?}"), format!("SqliteStore {{ path: {path:?}, .. }}"));
}

#[test]
fn the_file_says_whose_it_is_and_holds_no_ids() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    handle(&store, 1);
    let file = Connection::open(&path).unwrap();
    let number = |sql| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("PRAGMA application_id"), 0x7172_686b);
    assert_eq!(number("PRAGMA user_version"), 1);
    let mode: String = file.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let record = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?.len(), row.get::<_, i64>(1)?));
    assert_eq!(file.query_row("SELECT key, occurrence FROM event", [], record).unwrap(), (16, 7));
}

#[test]
fn a_missing_folder() {
    let (folder, _) = place();
    let path = folder.path().join("nowhere/qrhook.db");
    assert!(matches!(refused(&path), OpenError::MissingFolder { path: named } if named == path));
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(refused(&file.join("qrhook.db")), OpenError::MissingFolder { .. }));
}

#[test]
fn a_folder() {
    let (folder, _) = place();
    assert!(matches!(refused(folder.path()), OpenError::Folder { .. }));
}

#[test]
fn a_file_that_is_marked_read_only() {
    let (_folder, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    assert!(matches!(refused(&path), OpenError::ReadOnly { .. }));
}

#[test]
fn a_file_that_is_no_database() {
    let (_folder, path) = place();
    for content in ["short".to_owned(), "no database at all; ".repeat(1000)] {
        fs::write(&path, &content).unwrap();
        assert!(matches!(refused(&path), OpenError::NotADatabase { .. }), "{}", content.len());
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}

#[test]
fn an_empty_file_becomes_a_store() {
    let (_folder, path) = place();
    fs::write(&path, "").unwrap();
    handle(&SqliteStore::open(&path).unwrap(), 1);
}

#[test]
fn a_database_of_another_application_stays_as_it_is() {
    let cases = [
        ("with an id", "PRAGMA application_id = 42;", 42),
        ("with tables", "CREATE TABLE invoice (number INTEGER);", 0),
    ];
    for (name, sql, id) in cases {
        let (_folder, path) = place();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let before = fs::read(&path).unwrap();
        let error = refused(&path);
        assert!(
            matches!(error, OpenError::OtherApplication { application_id, .. } if application_id == id),
            "{name}: {error:?}"
        );
        assert_eq!(fs::read(&path).unwrap(), before, "{name}");
    }
}

/// Handles events, and returns the content of the file and the offsets of the pages of each table and index.
fn filled(path: &std::path::Path, events: usize) -> (Vec<u8>, impl Fn(&str) -> Vec<usize>) {
    let store = SqliteStore::open(path).unwrap();
    for id in 0..events {
        handle(&store, id);
    }
    drop(store);
    let file = Connection::open(path).unwrap();
    let roots: Vec<(String, u32)> = file
        .prepare("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    drop(file);
    let begin = move |wanted: &str| {
        roots
            .iter()
            .filter(|(name, _)| name == wanted)
            .map(|(_, page)| usize::try_from(page - 1).unwrap() * 4096)
            .collect()
    };
    (fs::read(path).unwrap(), begin)
}

#[test]
fn a_file_that_is_damaged() {
    let (_folder, path) = place();
    let (sound, begin) = filled(&path, 500);
    let all = sound.len();
    assert!(all > 8 * 4096, "{all}");
    let mut cases = vec![("cut in the middle", all / 2, all), ("cut by a page", all - 4096, all)];
    let last = all - 4096;
    for (name, from) in [
        ("the root of the table", begin("event")[0]),
        ("the root of the index", begin("event_forget")[0]),
        ("the clock", begin("clock")[0]),
        ("the last page", last),
    ] {
        cases.push((name, from, from + 4096));
    }
    for (name, from, to) in cases {
        for (what, byte) in [("zeros", 0), ("rubbish", 0xa7)] {
            let mut damaged = sound.clone();
            if name.starts_with("cut") {
                damaged.truncate(from);
            } else {
                damaged[from..to].fill(byte);
            }
            fs::write(&path, &damaged).unwrap();
            let error = refused(&path);
            assert!(matches!(error, OpenError::Damaged { .. }), "{name}, {what}: {error:?}");
            assert!(error.source().is_some(), "{name}");
        }
    }
    fs::write(&path, &sound).unwrap();
    assert_eq!(found(&SqliteStore::open(&path).unwrap(), 1), DONE);
}

#[test]
fn opening_a_file_leaves_no_trace_of_the_steps_that_were_tried() {
    let (_folder, path) = place();
    drop(filled(&path, 10));
    drop(SqliteStore::open(&path).unwrap());
    let file = Connection::open(&path).unwrap();
    assert_eq!(file.query_row("SELECT count(*) FROM event", [], |row| row.get::<_, i64>(0)).unwrap(), 10);
}

#[test]
fn a_newer_schema() {
    let (_folder, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 2").unwrap();
    assert!(matches!(refused(&path), OpenError::NewerSchema { found: 2, known: 1, .. }));
}

#[test]
fn a_file_that_another_process_keeps_for_itself() {
    let (_folder, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    let other = Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    let error = refused(&path);
    assert!(matches!(error, OpenError::Locked { .. }), "{error:?}");
    assert!(error.source().is_some());
}

#[test]
fn names_that_mean_something_to_sqlite_are_files() {
    let (folder, _) = place();
    for name in [":memory:", "file:x?mode=memory", "ü ' \" %20"] {
        let path = folder.path().join(name);
        handle(&SqliteStore::open(&path).unwrap(), 1);
        assert!(path.is_file(), "{name}");
        assert_eq!(found(&SqliteStore::open(&path).unwrap(), 1), DONE, "{name}");
    }
    assert!(matches!(SqliteStore::open("").unwrap_err(), OpenError::Unusable { .. }));
}

#[test]
fn many_can_create_the_same_file_at_once() {
    let (_folder, path) = place();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| patient().open(&path).unwrap());
        }
    });
}
