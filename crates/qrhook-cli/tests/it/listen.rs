//! `qrhook listen`.

use std::{
    io::Read,
    process::Stdio,
    time::{Duration, Instant},
};

use qrhook::qrstudio::QrStudio;

use crate::support::{CODEQR_SECRET, Listen, QRPLANET_TOKEN, QRSTUDIO_SECRET, SECRETS, exchange, get, ids, run, scan};

#[test]
fn prints_each_event_once_and_ends_on_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut listen = Listen::start(folder.path(), "out");
        assert_eq!(get(listen.address, "/healthz"), Some(200));
        assert_eq!(listen.qrstudio(&scan("evt_1")), Some(200));
        assert_eq!(listen.qrstudio(&scan("evt_1")), Some(200));
        listen.signal(signal);
        assert_eq!(listen.ended().code(), Some(0), "{signal}: {}", listen.stderr());
        let said = listen.stderr();
        assert!(said.contains("senders: qrstudio, codeqr, qrplanet\nstore: sqlite:qrhook.db\n"), "{said}");
    }
    assert_eq!(ids(&folder.path().join("out")), ["evt_1"], "not even after the restart");
}

#[test]
fn the_line_is_that_of_verify() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Listen::start(folder.path(), "out");
    let body = r#"{ "id":"e\u2028", "event":"qrcode.scanned", "data": { "n": 1.50, "n":2, "ü":"\n" } }"#;
    assert_eq!(listen.codeqr(body), Some(200));
    let signed = run(&["sign", "codeqr"], &SECRETS, body.as_bytes());
    let verified = run(&["verify", "codeqr", "--header", signed.stdout.trim()], &SECRETS, body.as_bytes());
    assert_eq!(std::fs::read_to_string(folder.path().join("out")).unwrap(), verified.stdout);
}

#[test]
fn only_senders_that_are_on_have_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let all: &[&str] = &["/qrstudio", "/codeqr", "/qrplanet"];
    // For a sender that is on, GET is 405.
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        (&[], &SECRETS, all),
        (&[], &SECRETS[..1], &["/qrstudio"]),
        (&[], &SECRETS[2..], &["/qrplanet"]),
        (&["--sender", "codeqr"], &SECRETS, &["/codeqr"]),
        (&["--sender", "codeqr", "--sender", "qrplanet", "--sender", "codeqr"], &SECRETS, &["/codeqr", "/qrplanet"]),
        (&["--sender", "qrstudio", "--secret-env", "MINE"], &[("MINE", "s")], &["/qrstudio"]),
    ];
    for (arguments, environment, on) in cases {
        let listen = Listen::spawn(folder.path(), arguments, environment, Stdio::null());
        for path in all {
            let expected = if on.contains(path) { 405 } else { 404 };
            assert_eq!(get(listen.address, path), Some(expected), "{arguments:?} {path}");
        }
        let names: Vec<_> = on.iter().map(|path| &path[1..]).collect();
        assert!(listen.stderr().contains(&format!("senders: {}\n", names.join(", "))), "{}", listen.stderr());
    }
}

#[test]
fn what_it_cannot_have_is_a_failure_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = run(&["listen", "--store", "memory", "--addr", &address], &SECRETS, b"");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains(&address), "{}", ran.stderr);
    let garbage = folder.path().join("garbage");
    std::fs::write(&garbage, "no database, but more than a hundred bytes of something else. ".repeat(50)).unwrap();
    for path in [folder.path().join("missing/qrhook.db"), folder.path().to_owned(), garbage] {
        let store = format!("sqlite:{}", path.display());
        let ran = run(&["listen", "--addr", "127.0.0.1:0", "--store", &store], &SECRETS, b"");
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.stderr);
        assert!(ran.stderr.contains(path.to_str().unwrap()), "{}", ran.stderr);
    }
}

#[test]
fn a_line_that_cannot_be_written_is_not_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut listen = Listen::spawn(folder.path(), &[], &SECRETS, Stdio::piped());
    assert_eq!(listen.qrstudio(&scan("evt_1")), Some(200));
    drop(listen.child.stdout.take());
    // Twice, because the claim was released and this is not a duplicate.
    assert_eq!(listen.qrstudio(&scan("evt_2")), Some(500));
    assert_eq!(listen.qrstudio(&scan("evt_2")), Some(500));
    assert_eq!(listen.qrstudio(&scan("evt_1")), Some(200));
    assert_eq!(listen.terminate().code(), Some(0));
    let listen = Listen::start(folder.path(), "out");
    assert_eq!(listen.qrstudio(&scan("evt_2")), Some(200));
    assert_eq!(ids(&folder.path().join("out")), ["evt_2"]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_goes_nowhere_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Listen::spawn(folder.path(), &[], &SECRETS, Stdio::null());
    assert!(listen.stderr().starts_with("warning: standard output is closed or /dev/null"), "{}", listen.stderr());
    let listen = Listen::start(folder.path(), "out");
    assert!(!listen.stderr().contains("warning"), "{}", listen.stderr());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_not_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let listen = Listen::spawn(folder.path(), &[], &SECRETS, full.into());
    assert_eq!(listen.qrstudio(&scan("evt_1")), Some(500));
    assert_eq!(listen.qrstudio(&scan("evt_1")), Some(500));
}

#[test]
fn a_reader_that_does_not_read_holds_up_nothing_but_its_events() {
    let folder = tempfile::tempdir().unwrap();
    let mut listen = Listen::spawn_impatient(folder.path(), &[], &SECRETS, Stdio::piped());
    let mut output = listen.child.stdout.take().unwrap();
    let padding = "x".repeat(200_000);
    let large = |id: &str| format!(r#"{{"type":"a","id":"{id}","data":{{"padding":"{padding}"}}}}"#);
    let (address, body) = (listen.address, large("evt_large"));
    let blocked = std::thread::spawn(move || crate::support::post::<QrStudio>(address, QRSTUDIO_SECRET, &body));
    while !blocked.is_finished() {
        assert_eq!(get(listen.address, "/healthz"), Some(200));
        assert_eq!(listen.post::<QrStudio>("another", &scan("evt_forged")), Some(401));
        std::thread::sleep(Duration::from_millis(100));
    }
    // The handler has not finished by the deadline, and continues.
    assert_eq!(blocked.join().unwrap(), Some(503));
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).map(|_| text)
    });
    // As soon as a reader arrives, the line is there, and its event is handled.
    let started = Instant::now();
    while listen.qrstudio(&large("evt_large")) != Some(200) {
        assert!(started.elapsed() < crate::support::PATIENCE);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(listen.terminate().code(), Some(0));
    let text = reader.join().unwrap().unwrap();
    assert_eq!((text.lines().count(), text.matches("evt_large").count()), (1, 1));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut listen = Listen::spawn_impatient(folder.path(), &[], &SECRETS, Stdio::piped());
    let large = format!(r#"{{"type":"a","id":"e","data":"{}"}}"#, "x".repeat(200_000));
    // Its handler waits for a reader that never arrives.
    assert_eq!(listen.qrstudio(&large), Some(503));
    listen.signal("-TERM");
    listen.says("stopping: ");
    assert!(listen.child.try_wait().unwrap().is_none(), "it waits for what runs");
    listen.signal("-TERM");
    assert_eq!(listen.ended().code(), Some(1), "it was ended");
}

#[test]
fn lines_of_many_senders_at_once_stay_whole() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Listen::start(folder.path(), "out");
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let listen = &listen;
            scope.spawn(move || {
                for n in 0..10 {
                    let padding = "y".repeat(thread * 3000);
                    let id = format!("evt_{thread}_{n}");
                    let body = format!(r#"{{"type":"a","event":"a","id":"{id}","data":{{"p":"{padding}"}}}}"#);
                    let status = if thread % 2 == 0 { listen.qrstudio(&body) } else { listen.codeqr(&body) };
                    assert_eq!(status, Some(200));
                }
            });
        }
    });
    let mut ids = ids(&folder.path().join("out"));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 160);
}

#[test]
fn answers_of_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Listen::start(folder.path(), "out");
    let raw = |head: &str, body: &str| {
        let head = format!("{head}\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        exchange(listen.address, [head.as_bytes(), body.as_bytes()].concat().as_slice())
    };
    assert_eq!(raw("PUT /qrstudio HTTP/1.1", ""), Some(405));
    assert_eq!(raw("POST /qrstudio HTTP/1.1", "{}"), Some(401));
    assert_eq!(raw("POST /qrplanet HTTP/1.1", "event=A"), Some(415));
    assert_eq!(raw("POST /healthz HTTP/1.1", ""), Some(405));
    assert_eq!(raw("POST / HTTP/1.1", ""), Some(404));
    assert_eq!(listen.codeqr("[]"), Some(400));
    assert_eq!(listen.codeqr(&" ".repeat(2 * 1024 * 1024 + 1)), Some(413));
    assert_eq!(listen.qrplanet("event=QR_CODE_SCANNED&redirects=1"), Some(200));
    assert_eq!(listen.qrplanet("event=QR_CODE_SCANNED&redirects=1"), Some(200));
    assert_eq!(listen.qrplanet("event=QR_CODE_CREATED"), Some(200));
    assert_eq!(listen.qrplanet("event=QR_CODE_CREATED"), Some(200));
    let lines = std::fs::read_to_string(folder.path().join("out")).unwrap();
    assert_eq!(lines.lines().count(), 3, "{lines}");
}

#[test]
fn no_secret_gets_out() {
    let folder = tempfile::tempdir().unwrap();
    let output = std::fs::File::create(folder.path().join("out")).unwrap();
    let environment = [&SECRETS[..], &[("QRHOOK_LOG", "trace")]].concat();
    let listen = Listen::spawn(folder.path(), &[], &environment, output.into());
    assert_eq!(listen.qrstudio(&scan("evt_1")), Some(200));
    assert_eq!(listen.codeqr(r#"{"id":"e","event":"a","data":{}}"#), Some(200));
    assert_eq!(listen.qrplanet("event=LEAD_CREATED&email=a%40example.com"), Some(200));
    assert_eq!(listen.qrplanet("event=QR_CODE_SCANNED&redirects=9"), Some(200));
    assert_eq!(listen.qrplanet("a=b"), Some(400));
    let mut stderr = listen.stderr();
    for (sender, event) in [("qrstudio", "scan.created"), ("codeqr", "sale.created"), ("qrplanet", "LEAD_CREATED")] {
        for tamper in [&["--tamper", "signature"][..], &["--same-id"]] {
            let url = format!("http://{}/{sender}", listen.address);
            let ran = run(&[&["send", sender, event, &url], tamper].concat(), &environment, b"");
            stderr.extend([ran.stdout, ran.stderr]);
        }
        let ran = run(&["verify", sender], &environment, b"event=A&secrettoken=a");
        stderr.extend([ran.stdout, ran.stderr]);
    }
    assert_eq!(listen.terminate().code(), Some(0));
    stderr.push_str(&std::fs::read_to_string(folder.path().join("out")).unwrap());
    let mut everything = stderr.into_bytes();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        everything.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    assert!(everything.windows(5).any(|bytes| bytes == b"evt_1"));
    for secret in [QRSTUDIO_SECRET, CODEQR_SECRET, QRPLANET_TOKEN] {
        assert!(!everything.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "{secret}");
    }
}
