//! Readers that stall, and the log that a reader sees.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, ChildStderr, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use qrhook::{codeqr::CodeQr, qrstudio::QrStudio};

use crate::support::{CODEQR_SECRET, PATIENCE, PATIENT, QRSTUDIO_SECRET, SECRETS, command, exchange, get, post, scan};

/// A receiver whose standard error only the test reads.
struct Receiver {
    child: Child,
    stderr: BufReader<ChildStderr>,
    address: SocketAddr,
    /// Its output until it listened.
    said: String,
}

impl Receiver {
    fn start(stdout: Stdio) -> Self {
        Self::with(stdout, &SECRETS)
    }

    fn with(stdout: Stdio, environment: &[(&str, &str)]) -> Self {
        let arguments = [&["listen", "--addr", "127.0.0.1:0", "--store", "memory"], &PATIENT[..]].concat();
        let mut child = command(&arguments, environment).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let (mut address, mut said) = (None, String::new());
        while address.is_none() {
            let mut line = String::new();
            assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ended: {said}");
            address = line.trim_end().strip_prefix("listening on http://").map(|address| address.parse().unwrap());
            said.push_str(&line);
        }
        Self { child, stderr, address: address.unwrap(), said }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.stderr.read_line(&mut line).unwrap(), 0, "it ended");
        line
    }

    fn signal(&self, signal: &str) {
        let sent = std::process::Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
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

    /// Refusals, with more log lines than a pipe and the queue in front of it can hold.
    fn flood(&self) {
        for _ in 0..FLOOD {
            assert_eq!(exchange(self.address, REFUSED), Some(401));
        }
    }
}

const FLOOD: usize = 6000;

const REFUSED: &[u8] = b"POST /qrstudio HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_log_that_nobody_reads_stops_no_service_and_no_end() {
    let mut receiver = Receiver::start(Stdio::piped());
    let events = BufReader::new(receiver.child.stdout.take().unwrap());
    let events = std::thread::spawn(|| events.lines().map(Result::unwrap).collect::<Vec<_>>());
    receiver.flood();
    assert_eq!(post::<QrStudio>(receiver.address, QRSTUDIO_SECRET, &scan("evt_1")), Some(200));
    assert_eq!(get(receiver.address, "/healthz"), Some(200));
    receiver.signal("-TERM");
    assert_eq!(receiver.ended().code(), Some(0));
    let events = events.join().unwrap();
    assert!(events.len() == 1 && events[0].contains("\"evt_1\""), "nothing but events is there: {events:?}");
}

#[test]
fn a_reader_who_comes_back_is_told_what_it_missed() {
    let mut receiver = Receiver::start(Stdio::null());
    receiver.flood();
    let (mut refusals, mut lost) = (0, None);
    while lost.is_none() {
        let line = receiver.line();
        refusals += usize::from(line.contains("missing-signature"));
        let count = line.trim_end().rsplit_once(" lines=").filter(|_| line.contains("log lines were lost"));
        lost = count.map(|(_, lines)| lines.parse::<usize>().unwrap());
    }
    assert_eq!(refusals + lost.unwrap(), FLOOD);
    // From here on, no line is lost.
    assert_eq!(exchange(receiver.address, REFUSED), Some(401));
    assert!(receiver.line().contains("missing-signature"));
}

#[test]
fn a_second_signal_ends_whatever_blocks() {
    for (first, second) in [("-TERM", "-TERM"), ("-INT", "-TERM"), ("-TERM", "-INT")] {
        let mut receiver = Receiver::start(Stdio::piped());
        // Longer lines than a pipe can hold: one of them blocks, and its handler waits.
        let long = scan("evt_1").replace("\"a\"", &format!("\"{}\"", "a".repeat(200_000)));
        let address = receiver.address;
        let blocked = std::thread::spawn(move || post::<QrStudio>(address, QRSTUDIO_SECRET, &long));
        let mut stdout = receiver.child.stdout.take().unwrap();
        stdout.read_exact(&mut [0]).unwrap();
        receiver.signal(first);
        while !receiver.line().starts_with("stopping") {}
        assert!(receiver.child.try_wait().unwrap().is_none(), "it waits for what runs");
        receiver.signal(second);
        assert_eq!(receiver.ended().code(), Some(1), "{first} {second}");
        assert_eq!(blocked.join().unwrap(), None, "nothing was acknowledged");
    }
}

#[test]
fn a_second_signal_ends_it_while_both_outputs_block() {
    let mut receiver = Receiver::start(Stdio::piped());
    receiver.flood();
    let long = scan("evt_1").replace("\"a\"", &format!("\"{}\"", "a".repeat(200_000)));
    let address = receiver.address;
    let blocked = std::thread::spawn(move || post::<QrStudio>(address, QRSTUDIO_SECRET, &long));
    let mut stdout = receiver.child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    receiver.signal("-TERM");
    // When it no longer listens, it has noticed the first signal.
    let started = Instant::now();
    while get(receiver.address, "/healthz").is_some() {
        assert!(started.elapsed() < PATIENCE, "it goes on");
    }
    receiver.signal("-TERM");
    assert_eq!(receiver.ended().code(), Some(1));
    assert_eq!(blocked.join().unwrap(), None);
}

#[test]
fn a_request_that_no_hook_takes_is_a_line_in_the_log() {
    let mut receiver = Receiver::start(Stdio::null());
    for name in ["qrstudio", "codeqr", "qrplanet"] {
        assert!(
            receiver.said.contains(&format!("hook: POST http://{}/{name}\n", receiver.address)),
            "{}",
            receiver.said
        );
    }
    let long = format!("/{}", "x".repeat(4000));
    let long_shown = format!("/{}...", "x".repeat(79));
    let cases = [
        ("POST", "/", 404, "/"),
        ("POST", "/qrstudio/", 404, "/qrstudio/"),
        ("POST", "//qrstudio", 404, "//qrstudio"),
        ("POST", "/QRSTUDIO", 404, "/QRSTUDIO"),
        ("POST", "/nowhere?secret=1", 404, "/nowhere"),
        ("GET", "/a\"b", 404, "/a\\\"b"),
        ("POST", &long, 404, &long_shown),
        ("POST", "/healthz", 405, "/healthz"),
    ];
    for (method, path, status, shown) in cases {
        let request = format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        assert_eq!(exchange(receiver.address, request.as_bytes()), Some(status), "{path}");
        let line = receiver.line();
        assert!(line.contains(" WARN ") && line.contains(&format!("method=\"{method}\" path=\"{shown}\" ")), "{line}");
        assert!(line.contains("paths=\"/qrstudio, /codeqr, /qrplanet\"") && !line.contains("secret=1"), "{line}");
    }
    let method = "M".repeat(4000);
    let request = format!("{method} / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    assert_eq!(exchange(receiver.address, request.as_bytes()), Some(404));
    let line = receiver.line();
    assert!(line.contains(&format!("method=\"{}...\"", "M".repeat(80))), "{line}");
}

#[test]
fn an_event_for_a_sender_that_is_off_is_a_line_in_the_log() {
    let mut receiver = Receiver::with(Stdio::null(), &SECRETS[..1]);
    assert_eq!(post::<CodeQr>(receiver.address, CODEQR_SECRET, &scan("evt_1")), Some(404));
    let line = receiver.line();
    assert!(line.contains(" WARN ") && line.contains("path=\"/codeqr\" paths=\"/qrstudio\""), "{line}");
    assert!(!receiver.said.contains("/codeqr"), "{}", receiver.said);
}
