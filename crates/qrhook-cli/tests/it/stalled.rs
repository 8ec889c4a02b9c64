//! Readers of the program's output that stall.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, ChildStderr, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use qrhook::qrstudio::QrStudio;

use crate::support::{PATIENCE, PATIENT, QRSTUDIO_SECRET, SECRETS, command, exchange, get, post, scan};

/// A receiver whose standard error is read by nobody but the test.
struct Receiver {
    child: Child,
    stderr: BufReader<ChildStderr>,
    address: SocketAddr,
}

impl Receiver {
    fn start(stdout: Stdio) -> Self {
        let arguments = [&["listen", "--addr", "127.0.0.1:0", "--store", "memory"], &PATIENT[..]].concat();
        let mut child = command(&arguments, &SECRETS).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ended");
            if let Some(address) = line.trim_end().strip_prefix("listening on http://") {
                break address.parse().unwrap();
            }
        };
        Self { child, stderr, address }
    }

    fn signal(&self) {
        let sent = std::process::Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn ended(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// More refusals than a pipe and the queue in front of it can hold lines for.
    fn flood(&self) {
        let refused = b"POST /qrstudio HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        for _ in 0..6000 {
            assert_eq!(exchange(self.address, refused), Some(401));
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_log_that_nobody_reads_stops_no_service_and_no_end() {
    let mut receiver = Receiver::start(Stdio::null());
    receiver.flood();
    assert_eq!(post::<QrStudio>(receiver.address, QRSTUDIO_SECRET, &scan("evt_1")), Some(200));
    assert_eq!(get(receiver.address, "/healthz"), Some(200));
    receiver.signal();
    assert_eq!(receiver.ended().code(), Some(0));
}

#[test]
fn a_reader_who_comes_back_is_told_what_it_missed() {
    let mut receiver = Receiver::start(Stdio::null());
    receiver.flood();
    let mut line = String::new();
    while !line.contains("log lines were lost") {
        line.clear();
        assert_ne!(receiver.stderr.read_line(&mut line).unwrap(), 0, "it ended");
    }
    assert!(line.contains(" lines="), "{line}");
}

#[test]
fn a_second_signal_ends_whatever_blocks() {
    let mut receiver = Receiver::start(Stdio::piped());
    // Lines of more than a pipe holds: one of them blocks, and its handler waits.
    let long = scan("evt_1").replace("\"a\"", &format!("\"{}\"", "a".repeat(200_000)));
    let address = receiver.address;
    let blocked = std::thread::spawn(move || post::<QrStudio>(address, QRSTUDIO_SECRET, &long));
    let mut stdout = receiver.child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    receiver.signal();
    let mut line = String::new();
    while !line.starts_with("stopping") {
        line.clear();
        assert_ne!(receiver.stderr.read_line(&mut line).unwrap(), 0, "it ended");
    }
    receiver.signal();
    assert_eq!(receiver.ended().code(), Some(1));
    assert_eq!(blocked.join().unwrap(), None, "nothing was acknowledged");
}

#[test]
fn a_request_that_no_hook_takes_is_a_line_in_the_log() {
    let mut receiver = Receiver::start(Stdio::null());
    for path in ["/", "/qrstudio/", "//qrstudio", "/nowhere?secret=1"] {
        let request = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        assert_eq!(exchange(receiver.address, request.as_bytes()), Some(404), "{path}");
        let mut line = String::new();
        assert_ne!(receiver.stderr.read_line(&mut line).unwrap(), 0, "it ended");
        let shown = format!("path=\"{}\"", path.split('?').next().unwrap());
        assert!(line.contains("WARN") && line.contains(&shown) && !line.contains("secret=1"), "{line}");
        assert!(line.contains("/qrstudio, /codeqr, /qrplanet"), "{line}");
    }
}
