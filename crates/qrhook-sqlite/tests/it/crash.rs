//! A program that is killed.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    time::Duration,
};

use qrhook::store::Outcome;
use qrhook_sqlite::SqliteStore;

use crate::support::{DONE, found, handle, place};

const PATH: &str = "QRHOOK_SQLITE_CRASH_TEST";

/// What the killed program does: handles events on eight threads, and says of each when its commit is acknowledged.
#[test]
#[ignore = "runs in a child process, for the test below"]
fn child() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let store = SqliteStore::options().with_busy_timeout(Duration::from_secs(5)).open(path).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for number in 0.. {
                    let id = format!("{thread}-{number}");
                    handle(store, &id);
                    // Straight to the pipe, and in one write: what was printed was acknowledged.
                    std::io::stdout().write_all(format!("\nhandled {id}\n").as_bytes()).unwrap();
                }
            });
        }
    });
}

#[test]
fn every_acknowledged_commit_survives_a_kill() {
    let (_folder, path) = place();
    let mut known: Vec<String> = Vec::new();
    for run in 0..3 {
        // A new file name for the ids of each run is not needed: they go on in the same file under another name.
        let file = path.with_file_name(format!("{run}.db"));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::child", "--exact", "--ignored", "--nocapture"])
            .env(PATH, &file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        known.clear();
        while let Some(line) = lines.next() {
            // The last line may be torn.
            let Ok(line) = line else { break };
            if let Some(id) = line.strip_prefix("handled ") {
                known.push(id.to_owned());
            }
            if known.len() == 100 * (run + 1) {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(known.len() >= 100 * (run + 1), "the child ended after {} events", known.len());

        let store = SqliteStore::open(&file).unwrap();
        for id in &known {
            assert_eq!(found(&store, id), DONE, "run {run}: {id} of {}", known.len());
        }
        assert!(matches!(found(&store, "another"), Outcome::Acquired(_)));
    }
}
