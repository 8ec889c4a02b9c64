//! Programs that are stopped or killed while handlers run.

use std::{
    fs,
    io::ErrorKind,
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use crate::program::{Program, deliver, wait};

const SECRET: &str = "whsec_slow";

const FRAMEWORKS: [&str; 2] = ["axum", "actix"];

/// The number of deliveries in flight at that moment.
const DELIVERIES: usize = 20;

fn start(framework: &str, folder: &Path) -> Program {
    start_after(0, framework, folder)
}

/// Starts a program with its clock that many hours ahead.
fn start_after(hours: u32, framework: &str, folder: &Path) -> Program {
    Program::start(Command::new(env!("CARGO_BIN_EXE_slow")).arg(framework).arg(folder).arg(hours.to_string()))
}

/// Lets the handlers end.
fn go(folder: &Path) {
    fs::write(folder.join("go"), "").unwrap();
}

/// Sends many deliveries in parallel and waits until all of their handlers run.
fn deliver_many(address: SocketAddr, folder: &Path) -> Vec<thread::JoinHandle<Option<u16>>> {
    let deliver = |number| thread::spawn(move || deliver(address, SECRET, &format!("evt_{number}")));
    let deliveries = (0..DELIVERIES).map(deliver).collect();
    wait("not all handlers are running", || count(folder, "begins ") >= DELIVERIES);
    deliveries
}

fn count(folder: &Path, what: &str) -> usize {
    let journal = fs::read_to_string(folder.join("journal")).unwrap_or_default();
    journal.lines().filter(|line| line.starts_with(what)).count()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Sends a signal, which begins or hurries the end of a program.
fn signal(program: &Program, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &program.child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn wait_until_closed(program: &Program) {
    wait("it is still listening", || {
        TcpStream::connect(program.address).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    });
}

#[test]
fn a_signal_lets_the_running_handlers_finish_and_answers_them() {
    for (framework, name) in FRAMEWORKS.into_iter().flat_map(|framework| ["TERM", "INT"].map(|name| (framework, name)))
    {
        let folder = folder(&format!("{name}-{framework}"));
        let mut program = start(framework, &folder);
        let running = deliver_many(program.address, &folder);
        signal(&program, name);
        wait_until_closed(&program);
        assert_eq!(count(&folder, "ends "), 0, "{framework}, {name}");
        go(&folder);
        for delivery in running {
            assert_eq!(delivery.join().unwrap(), Some(200), "{framework}, {name}");
        }
        assert!(program.child.wait().unwrap().success(), "{framework}, {name}: the drain was complete");
        assert_eq!(count(&folder, "ends "), DELIVERIES, "{framework}, {name}");

        let again = start(framework, &folder);
        assert_eq!(deliver(again.address, SECRET, "evt_0"), Some(200), "{framework}, {name}");
        assert_eq!(count(&folder, "begins "), DELIVERIES, "{framework}, {name}: the event was remembered");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for framework in FRAMEWORKS {
        let folder = folder(&format!("twice-{framework}"));
        let mut program = start(framework, &folder);
        let running = deliver_many(program.address, &folder);
        signal(&program, "TERM");
        wait_until_closed(&program);
        signal(&program, "INT");
        // Without the second signal, the handlers would wait for a file that never appears.
        wait("the second signal did not end it", || program.child.try_wait().unwrap().is_some());
        assert_eq!(program.child.wait().unwrap().code(), Some(1), "{framework}: the drain was not complete");
        for delivery in running {
            assert_eq!(delivery.join().unwrap(), None, "{framework}");
        }
    }
}

#[test]
fn what_a_kill_leaves_behind_is_handled_after_the_lease_and_once() {
    for framework in FRAMEWORKS {
        let folder = folder(&format!("kill-{framework}"));
        let mut program = start(framework, &folder);
        let running = deliver_many(program.address, &folder);
        program.child.kill().unwrap();
        program.child.wait().unwrap();
        for delivery in running {
            assert_eq!(delivery.join().unwrap(), None, "{framework}: nothing was acknowledged");
        }
        assert_eq!(count(&folder, "ends "), 0, "{framework}");

        go(&folder);
        let repeat = |address: SocketAddr, expected| {
            let deliver = |number| thread::spawn(move || deliver(address, SECRET, &format!("evt_{number}")));
            let repeats: Vec<_> = (0..DELIVERIES).map(deliver).collect();
            for repeat in repeats {
                assert_eq!(repeat.join().unwrap(), Some(expected), "{framework}");
            }
        };
        let again = start(framework, &folder);
        repeat(again.address, 503);
        drop(again);
        // The leases are over.
        let later = start_after(1, framework, &folder);
        repeat(later.address, 200);
        repeat(later.address, 200);
        assert_eq!(count(&folder, "ends "), DELIVERIES, "{framework}: each was handled once");
    }
}
