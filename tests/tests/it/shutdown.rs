//! Programs that are stopped, or killed, while handlers run.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use qrhook::{UnixTime, qrstudio::QrStudio, testing::sign};

const FRAMEWORKS: [&str; 2] = ["axum", "actix"];

/// How many deliveries are under way when it happens.
const DELIVERIES: usize = 20;

struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn start(framework: &str, folder: &Path) -> Self {
        // Free at this moment; nobody else is likely to take it in the next one.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let arguments = [framework, &address.to_string(), folder.to_str().unwrap()];
        let child = Command::new(env!("CARGO_BIN_EXE_slow")).args(arguments).spawn().unwrap();
        let mut this = Self { child, address };
        wait("it does not listen", || {
            let ended = this.child.try_wait().unwrap();
            assert_eq!(ended, None, "{framework}: it ended by itself");
            TcpStream::connect(this.address).is_ok()
        });
        this
    }

    /// Delivers an event; `None` when there is no answer.
    fn deliver(address: SocketAddr, id: &str) -> Option<u16> {
        let body = format!(r#"{{"type":"scan.created","id":"{id}","data":{{}}}}"#);
        let signed = sign::<QrStudio>("whsec_slow", body, UnixTime::now());
        let lines = signed.headers.iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
        let (lines, length) = (lines.collect::<String>(), signed.body.len());
        let head =
            format!("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{lines}\r\n");
        let mut stream = TcpStream::connect(address).ok()?;
        stream.write_all(&[head.as_bytes(), &signed.body].concat()).ok()?;
        let mut answer = String::new();
        // A killed server resets.
        let _ = stream.read_to_string(&mut answer);
        answer.split(' ').nth(1)?.parse().ok()
    }

    /// Sends many deliveries at once, and waits until all of their handlers run.
    fn deliver_many(&self, folder: &Path) -> Vec<thread::JoinHandle<Option<u16>>> {
        let address = self.address;
        let deliver = |number| thread::spawn(move || Self::deliver(address, &format!("evt_{number}")));
        let deliveries = (0..DELIVERIES).map(deliver).collect();
        wait("not all handlers run", || count(folder, "begins ") >= DELIVERIES);
        deliveries
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something, and fails rather than wait for ever.
fn wait(otherwise: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(60), "{otherwise}");
        thread::sleep(Duration::from_millis(10));
    }
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

#[test]
fn sigterm_lets_the_running_handlers_finish_and_answers_them() {
    for framework in FRAMEWORKS {
        let folder = folder(&format!("sigterm-{framework}"));
        let mut program = Program::start(framework, &folder);
        let running = program.deliver_many(&folder);
        assert!(Command::new("kill").arg(program.child.id().to_string()).status().unwrap().success());
        for delivery in running {
            assert_eq!(delivery.join().unwrap(), Some(200), "{framework}");
        }
        assert!(program.child.wait().unwrap().success(), "{framework}: the drain was complete");
        assert_eq!(count(&folder, "ends "), DELIVERIES, "{framework}");

        let again = Program::start(framework, &folder);
        assert_eq!(Program::deliver(again.address, "evt_0"), Some(200), "{framework}");
        assert_eq!(count(&folder, "begins "), DELIVERIES, "{framework}: it was remembered");
    }
}

#[test]
fn what_a_kill_leaves_behind_is_handled_after_the_lease_and_once() {
    for framework in FRAMEWORKS {
        let folder = folder(&format!("kill-{framework}"));
        let mut program = Program::start(framework, &folder);
        let running = program.deliver_many(&folder);
        program.child.kill().unwrap();
        program.child.wait().unwrap();
        for delivery in running {
            assert_eq!(delivery.join().unwrap(), None, "{framework}: nothing was acknowledged");
        }
        assert_eq!(count(&folder, "ends "), 0, "{framework}");

        let again = Program::start(framework, &folder);
        let retry = |number: usize| {
            let address = again.address;
            thread::spawn(move || {
                let deliver = || Program::deliver(address, &format!("evt_{number}"));
                let mut tries = (0..600).map(|_| deliver());
                tries.find(|status| {
                    thread::sleep(Duration::from_millis(100));
                    *status != Some(503)
                })
            })
        };
        let retries: Vec<_> = (0..DELIVERIES).map(retry).collect();
        for retry in retries {
            assert_eq!(retry.join().unwrap(), Some(Some(200)), "{framework}");
        }
        assert_eq!(count(&folder, "ends "), DELIVERIES, "{framework}: each was handled once");
    }
}
