//! What cannot be seen from outside.

use std::{sync::Arc, time::Duration};

use qrhook::{
    SystemClock,
    store::{Claim, Key, Outcome, Terms},
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::{
    clock::{FileClock, Source},
    records::Records,
    request::{Request, Waiter},
    schema,
    writer::Writer,
};

fn connection() -> (TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("qrhook.db");
    let mut connection = Connection::open(&path).unwrap();
    assert_eq!(schema::prepare(&mut connection, &path).unwrap(), None);
    (folder, connection)
}

fn claim() -> Claim {
    let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(3600), 0).unwrap();
    Claim::new(Key::new("qrstudio", "crm-sync", b"evt_1"), terms).unwrap()
}

/// A setting of the connection, not of the file.
#[test]
fn every_commit_is_flushed() {
    let (_folder, connection) = connection();
    let full = 2;
    let synchronous: i32 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap();
    assert_eq!(synchronous, full);
}

#[test]
fn a_transaction_that_fails_leaves_nothing_behind() {
    let (_folder, connection) = connection();
    let mut records = Records::of(&connection).unwrap();
    let failed = records.transact(|records| {
        records.claim(&claim(), 0)?;
        Err::<(), _>(rusqlite::Error::QueryReturnedNoRows)
    });
    assert_eq!(failed, Err(rusqlite::Error::QueryReturnedNoRows));
    let claim = claim();
    let found = records.transact(|records| records.claim(&claim, 0)).unwrap();
    assert_eq!(found, Outcome::Acquired(claim));
}

#[test]
fn a_claim_that_was_made_for_nobody_is_given_back() {
    let (_folder, connection) = connection();
    let clock = FileClock::start(Source::System(SystemClock::new()), None);
    let mut writer = Writer::on(&connection, clock, Arc::default()).unwrap();
    let (waiter, answer) = Waiter::new();
    let mut batch = vec![Request::Claim(claim(), waiter)];
    writer.transact(&mut batch, 0).unwrap();
    drop(answer);
    writer.answer(batch, None);
    let held: i64 = connection.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    assert_eq!(held, 0);
}
