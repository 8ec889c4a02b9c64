//! Jumps of the clock.

use std::time::Duration;

use qrhook::{
    UnixTime,
    store::{Outcome, Settled, Store},
    testing::{ManualClock, block_on},
};

use crate::support::{DONE, LEASE, RETENTION, START, claim, found, handle, open, place};

const SECOND: Duration = Duration::from_secs(1);

fn moved(seconds: i64) -> UnixTime {
    UnixTime::from_secs(START.as_secs() + seconds)
}

fn days(days: i64) -> i64 {
    days * 24 * 3600
}

#[test]
fn jumps_while_the_program_runs_change_nothing() {
    for jump in [days(3650), days(-3650), 60, -60] {
        let (_folder, path) = place();
        let clock = ManualClock::at(START);
        let store = open(&path, &clock);
        handle(&store, "done");
        clock.advance(RETENTION - LEASE);
        claim(&store, "live");
        clock.set(moved(jump));
        block_on(store.sweep(usize::MAX)).unwrap();

        clock.advance(LEASE - SECOND);
        assert_eq!(found(&store, "live"), Outcome::InFlight, "a lease, after a jump by {jump} s");
        assert_eq!(found(&store, "done"), DONE, "a retention, after a jump by {jump} s");
        clock.advance(SECOND);
        claim(&store, "live");
        claim(&store, "done");
    }
}

#[test]
fn jumps_while_the_program_ran_change_nothing_after_a_restart() {
    for jump in [days(3650), days(-3650)] {
        let (_folder, path) = place();
        let clock = ManualClock::at(START);
        let store = open(&path, &clock);
        handle(&store, "done");
        clock.advance(RETENTION / 2);
        clock.set(moved(jump));
        claim(&store, "live");
        drop(store);

        // The program is not running for ten seconds.
        clock.advance(10 * SECOND);
        let store = open(&path, &clock);
        assert_eq!(found(&store, "live"), Outcome::InFlight, "{jump}");
        clock.advance(RETENTION / 2 - 11 * SECOND);
        assert_eq!(found(&store, "done"), DONE, "{jump}");
        clock.advance(SECOND);
        claim(&store, "done");
    }
}

#[test]
fn a_jump_right_before_the_end_changes_nothing() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let store = open(&path, &clock);
    handle(&store, "done");
    clock.set(moved(days(3650)));
    drop(store);
    let store = open(&path, &clock);
    assert_eq!(found(&store, "done"), DONE);
}

#[test]
fn the_mark_in_the_file_never_goes_back() {
    let (_folder, path) = place();
    let (ahead, behind) = (ManualClock::at(START), ManualClock::at(START));
    let (first, second) = (open(&path, &ahead), open(&path, &behind));
    ahead.advance(60 * SECOND);
    handle(&first, 1);
    drop(first);
    handle(&second, 2);
    drop(second);
    let file = rusqlite::Connection::open(&path).unwrap();
    let mark: i64 = file.query_row("SELECT now FROM clock", [], |row| row.get(0)).unwrap();
    assert_eq!(mark, (START.as_secs() + 60) * 1000);
}

#[test]
fn time_passes_while_the_program_is_away() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let store = open(&path, &clock);
    handle(&store, "done");
    claim(&store, "live");
    drop(store);

    clock.advance(LEASE);
    let store = open(&path, &clock);
    claim(&store, "live");
    assert_eq!(found(&store, "done"), DONE);
    drop(store);

    clock.advance(RETENTION);
    let store = open(&path, &clock);
    assert_eq!(block_on(store.sweep(usize::MAX)).unwrap(), 2);
    claim(&store, "done");
}

#[test]
fn a_clock_set_back_between_two_runs_ends_nothing_early() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let store = open(&path, &clock);
    handle(&store, "done");
    let live = claim(&store, "live");
    drop(store);

    clock.set(moved(days(-365)));
    let store = open(&path, &clock);
    assert_eq!(found(&store, "live"), Outcome::InFlight);
    assert_eq!(found(&store, "done"), DONE);
    // Nothing ends late either: the clock of the file continues from where it stopped.
    clock.advance(LEASE);
    let taken = claim(&store, "live");
    assert_eq!(block_on(store.commit(&live)).unwrap(), Settled::Lost);
    assert_eq!(block_on(store.commit(&taken)).unwrap(), Settled::Applied);
    clock.advance(RETENTION - LEASE);
    claim(&store, "done");
}

#[test]
fn a_lease_over_a_crash_ends_by_the_wall_clock() {
    let (_folder, path) = place();
    let clock = ManualClock::at(START);
    let store = open(&path, &clock);
    claim(&store, "live");
    // Opened again without closing the first store, as after a crash.
    clock.advance(LEASE - SECOND);
    let after = open(&path, &clock);
    assert_eq!(found(&after, "live"), Outcome::InFlight);
    clock.advance(SECOND);
    claim(&after, "live");
}

#[test]
fn the_clock_of_the_system_goes_on_over_a_restart() {
    let (_folder, path) = place();
    let store = qrhook_sqlite::SqliteStore::open(&path).unwrap();
    handle(&store, "done");
    claim(&store, "live");
    drop(store);
    let store = qrhook_sqlite::SqliteStore::open(&path).unwrap();
    assert_eq!(found(&store, "done"), DONE);
    assert_eq!(found(&store, "live"), Outcome::InFlight);
}
