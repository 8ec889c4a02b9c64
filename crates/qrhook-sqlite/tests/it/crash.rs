//! Programs that are killed, and disks that fail.

use std::{
    ffi::OsString,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
};

use qrhook::{
    store::{Outcome, StoreErrorKind},
    testing::block_on,
};

use crate::support::{DONE, claim, found, handle, patient, place, try_claim};

const PATH: &str = "QRHOOK_SQLITE_CHILD";

/// Says that an event was handled: straight to the pipe and in one write, so that what was said was acknowledged.
fn say(id: &str) {
    std::io::stdout().write_all(format!("\nhandled {id}\n").as_bytes()).unwrap();
}

/// This program again, with one test, which finds its part as a child in the environment; set up by a line of shell.
fn child(set_up: &str, test: &str, path: &Path) -> Command {
    let mut child = Command::new("sh");
    child
        .args(["-c", &format!("{set_up} exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    child
}

fn handle_events_until_killed(path: OsString) {
    let store = patient().open(path).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for number in 0.. {
                    let id = format!("{thread}-{number}");
                    handle(store, &id);
                    say(&id);
                }
            });
        }
    });
}

#[test]
fn every_acknowledged_commit_survives_a_kill() {
    if let Some(path) = std::env::var_os(PATH) {
        return handle_events_until_killed(path);
    }
    for enough in [1, 100, 300] {
        let (_folder, path) = place();
        let mut child = child("", "crash::every_acknowledged_commit_survives_a_kill", &path).spawn().unwrap();
        let mut known = Vec::new();
        // To the end of the pipe: what was said before the kill counts. The last line may be torn.
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            known.extend(line.strip_prefix("handled ").map(str::to_owned));
            if known.len() == enough {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(known.len() >= enough, "the child ended by itself after {} events", known.len());

        let store = patient().open(&path).unwrap();
        for id in &known[..known.len() - 1] {
            assert_eq!(found(&store, id), DONE, "{id} of {}", known.len());
        }
        assert!(matches!(found(&store, "another"), Outcome::Acquired(_)));
    }
}

fn handle_events_until_the_disk_fails(path: OsString) {
    let store = patient().open(path).unwrap();
    for number in 0..10_000 {
        match try_claim(&store, number) {
            Ok(Outcome::Acquired(claim)) => {
                if block_on(qrhook::store::Store::commit(&store, &claim)).is_err() {
                    break;
                }
                say(&number.to_string());
            }
            Ok(other) => panic!("{other:?}"),
            Err(error) => {
                assert_eq!(error.kind(), StoreErrorKind::Unavailable);
                break;
            }
        }
    }
    // It fails again, and says so again.
    let kinds = [1, 2].map(|number| try_claim(&store, format!("refused {number}")).unwrap_err().kind());
    assert_eq!(kinds, [StoreErrorKind::Unavailable; 2]);
    std::io::stdout().write_all(b"\nfailed as it should\n").unwrap();
}

/// A write that the system refuses: the write-ahead log may not grow beyond the limit for files.
#[test]
fn nothing_is_acknowledged_when_the_disk_fails() {
    if let Some(path) = std::env::var_os(PATH) {
        return handle_events_until_the_disk_fails(path);
    }
    let (_folder, path) = place();
    let store = patient().open(&path).unwrap();
    handle(&store, "before");
    drop(store);
    // Without the trap, the system would end the program instead.
    let output = child("trap '' XFSZ; ulimit -f 300;", "crash::nothing_is_acknowledged_when_the_disk_fails", &path)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("\nfailed as it should\n"), "{said}");

    let store = patient().open(&path).unwrap();
    assert_eq!(found(&store, "before"), DONE);
    let known: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("handled ")).collect();
    assert!(!known.is_empty(), "{said}");
    for id in &known {
        assert_eq!(found(&store, id), DONE, "{id} of {}", known.len());
    }
    claim(&store, "refused 1");
}
