//! Tests of what cannot be observed from outside.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use qrhook::{
    SystemClock,
    store::{Claim, Key, Outcome, Terms},
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::{
    clock::{FileClock, Source},
    files::Files,
    fullness::Fullness,
    pending::PendingClaim,
    records::Records,
    request::{Request, Waiter},
    room::Room,
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

fn writer<'c>(folder: &TempDir, connection: &'c Connection) -> Writer<'c> {
    let path = folder.path().join("qrhook.db");
    let room = Room::of(path.clone(), u32::MAX);
    let clock = FileClock::start(Source::System(SystemClock::new()), None);
    Writer::on(connection, Files::of(path.clone(), &path).unwrap(), room, clock, Arc::default(), Fullness::default())
        .unwrap()
}

fn claim() -> Claim {
    let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(3600), 0).unwrap();
    Claim::new(Key::new("qrstudio", "crm-sync", b"evt_1"), terms).unwrap()
}

/// These are settings of the connection, not of the file.
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
    let (folder, connection) = connection();
    let mut writer = writer(&folder, &connection);
    let (waiter, answer) = Waiter::new();
    let mut batch = vec![Request::Claim(claim(), waiter)];
    writer.transact(&mut batch, 0).unwrap();
    drop(answer);
    writer.answer(batch, None);
    let held: i64 = connection.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    assert_eq!(held, 0);
}

#[test]
fn giving_back_a_claim_never_blocks() {
    let (requests, waiting) = mpsc::sync_channel(1);
    let acquire_and_drop = || {
        let (mut waiter, answer) = Waiter::new();
        waiter.found = Some(Outcome::Acquired(claim()));
        assert!(Request::Claim(claim(), waiter).answer(None).is_none(), "the outcome was sent");
        drop(PendingClaim { answer, requests: &requests });
    };
    acquire_and_drop();
    // The queue is now full, and nothing takes requests from it.
    acquire_and_drop();
    assert!(matches!(waiting.try_recv(), Ok(Request::Release(..))));
    assert!(waiting.try_recv().is_err());
    drop(waiting);
    acquire_and_drop();
}
