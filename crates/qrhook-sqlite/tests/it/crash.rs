//! Killed programs and failing disks.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::Stdio,
};

use qrhook::{
    store::{Outcome, StoreErrorKind},
    testing::block_on,
};

use crate::support::{DONE, child, childs_path, found, handle, patient, place, say, try_claim};

fn handle_events_until_killed(path: PathBuf) {
    let store = patient().open(path).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for number in 0.. {
                    let id = format!("{thread}-{number}");
                    handle(store, &id);
                    say(&format!("handled {id}"));
                }
            });
        }
    });
}

#[test]
fn every_acknowledged_commit_survives_a_kill() {
    if let Some(path) = childs_path() {
        return handle_events_until_killed(path);
    }
    for enough in [1, 100, 300] {
        let (_folder, path) = place();
        let mut child = child("exec \"$@\"", "crash::every_acknowledged_commit_survives_a_kill", &path)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut known = Vec::new();
        // Read to the end of the pipe: everything written before the kill counts. The last line may be incomplete.
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            known.extend(line.strip_prefix("handled ").map(str::to_owned));
            if known.len() == enough {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(known.len() >= enough, "the child ended on its own after {} events", known.len());

        let store = patient().open(&path).unwrap();
        for id in &known[..known.len() - 1] {
            assert_eq!(found(&store, id), DONE, "{id} of {}", known.len());
        }
        assert!(matches!(found(&store, "another"), Outcome::Acquired(_)));
    }
}

fn handle_events_until_the_disk_fails(path: PathBuf) {
    let store = patient().open(path).unwrap();
    for number in 0..10_000 {
        match try_claim(&store, number) {
            Ok(Outcome::Acquired(claim)) => {
                if block_on(qrhook::store::Store::commit(&store, &claim)).is_err() {
                    break;
                }
                say(&format!("handled {number}"));
            }
            Ok(other) => panic!("{other:?}"),
            Err(error) => {
                assert_eq!(error.kind(), StoreErrorKind::Full);
                break;
            }
        }
    }
    // Further claims succeed or fail as full, depending on the room that is left. Nothing else may happen.
    for number in [1, 2] {
        match try_claim(&store, format!("refused {number}")) {
            Ok(outcome) => assert!(matches!(outcome, Outcome::Acquired(_)), "{outcome:?}"),
            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Full, "{error:?}"),
        }
    }
    say("failed as it should");
}

/// The system refuses writes, because no file may grow beyond the limit: first the write-ahead log, which is then
/// emptied, and finally the file itself.
#[test]
fn nothing_is_acknowledged_when_the_disk_fails() {
    if let Some(path) = childs_path() {
        return handle_events_until_the_disk_fails(path);
    }
    let (_folder, path) = place();
    let store = patient().open(&path).unwrap();
    handle(&store, "before");
    drop(store);
    // Without the trap, the system would kill the program instead.
    let limited = "trap '' XFSZ; ulimit -f 300; exec \"$@\"";
    let output = child(limited, "crash::nothing_is_acknowledged_when_the_disk_fails", &path)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("\nfailed as it should\n"), "{said}");

    let store = patient().open(&path).unwrap();
    assert_eq!(found(&store, "before"), DONE);
    let known: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("handled ")).collect();
    // The log alone would reach the limit after some thirty events.
    assert!(known.len() > 300, "{said}");
    for id in &known {
        assert_eq!(found(&store, id), DONE, "{id} of {}", known.len());
    }
}
