//! `qrhook send`, against `qrhook listen`.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::Stdio,
    thread::JoinHandle,
};

use crate::support::{Listen, PATIENT, SECRETS, ids, run};

fn send(listen: &Listen, sender: &str, event: &str, more: &[&str]) -> crate::support::Ran {
    let url = format!("http://{}/{sender}", listen.address);
    run(&[&["send", sender, event, &url], more, &PATIENT].concat(), &SECRETS, b"")
}

#[test]
fn every_request_is_another_event_unless_it_shall_not_be() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Listen::start(folder.path(), "out");
    let lines = || std::fs::read_to_string(folder.path().join("out")).unwrap().lines().count();
    for (sender, event) in [("qrstudio", "scan.created"), ("codeqr", "sale.created"), ("qrplanet", "QR_CODE_SCANNED")] {
        let before = lines();
        let ran = send(&listen, sender, event, &["--count", "20", "--parallel", "4"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{sender}: {}", ran.stdout);
        assert_eq!(lines() - before, 20, "{sender}");
        assert_eq!(ran.stdout.lines().filter(|line| line.starts_with("200 ") && line.contains(" ms  ")).count(), 20);
        assert!(ran.stdout.contains("200           20\n") && ran.stdout.contains("p99"), "{}", ran.stdout);
        let before = lines();
        let ran = send(&listen, sender, event, &["--same-id", "--count", "5"]);
        assert_eq!((ran.code, lines() - before), (Some(0), 1), "{sender}: {}", ran.stdout);
        let before = lines();
        for count in ["3", "5"] {
            let ran = send(&listen, sender, event, &["--seed", "7", "--count", count]);
            assert_eq!(ran.code, Some(0), "{sender}: {}", ran.stdout);
        }
        assert_eq!(lines() - before, 5, "{sender}");
    }
    assert_eq!(ids(&folder.path().join("out")).len(), 52);
}

#[test]
fn what_is_changed_after_signing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Listen::start(folder.path(), "out");
    let cases = [
        ("qrstudio", "scan.created", "body", 1),
        ("qrstudio", "scan.created", "signature", 1),
        ("qrstudio", "scan.created", "time", 1),
        ("codeqr", "link.created", "body", 1),
        ("codeqr", "link.created", "signature", 1),
        ("qrplanet", "VOUCHER_REDEEMED", "signature", 1),
        // QR Planet signs nothing.
        ("qrplanet", "VOUCHER_REDEEMED", "body", 0),
    ];
    for (sender, event, what, code) in cases {
        let ran = send(&listen, sender, event, &["--tamper", what]);
        assert_eq!(ran.code, Some(code), "{sender} {what}: {}", ran.stdout);
        assert!(ran.stdout.starts_with(if code == 0 { "200 " } else { "401 " }), "{sender} {what}: {}", ran.stdout);
    }
    for at in ["1", "2026-05-09T14:01:23Z"] {
        let ran = send(&listen, "qrstudio", "scan.created", &["--at", at]);
        assert_eq!(ran.code, Some(1), "{}", ran.stdout);
        // One request needs no statistics.
        assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    }
}

#[test]
fn an_answer_that_does_not_come_is_a_failure() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://127.0.0.1:{port}/");
        let ran = run(&["send", "codeqr", "sale.created", &url], &SECRETS, b"");
        assert_eq!(ran.code, Some(1), "{ran:?}");
    }
}

#[test]
fn a_sender_that_is_off_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Listen::spawn(folder.path(), &["--sender", "codeqr"], &SECRETS, Stdio::null());
    assert_eq!(send(&listen, "codeqr", "sale.created", &[]).code, Some(0));
    let ran = send(&listen, "qrstudio", "scan.created", &[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.starts_with("404 "), "{}", ran.stdout);
}

/// Responds to one request over TLS with 204.
fn serve_tls(listener: TcpListener, certificate: &rcgen::CertifiedKey<rcgen::KeyPair>) -> JoinHandle<String> {
    let chain = vec![certificate.cert.der().clone()];
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(certificate.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
        .unwrap();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let connection = rustls::ServerConnection::new(config.into()).unwrap();
        let mut stream = BufReader::new(rustls::StreamOwned::new(connection, stream));
        let mut head = String::new();
        // A client that does not trust the certificate sends nothing.
        while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head).is_ok_and(|read| read > 0) {}
        if head.ends_with("\r\n\r\n") {
            let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
            stream.get_mut().write_all(answer).unwrap();
            stream.get_mut().conn.send_close_notify();
            stream.get_mut().flush().unwrap();
        }
        head
    })
}

#[test]
fn https_is_spoken_with_whom_the_system_trusts() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = folder.path().join("trusted.pem");
    std::fs::write(&file, trusted.cert.pem()).unwrap();
    let environment = [&SECRETS[..], &[("SSL_CERT_FILE", file.to_str().unwrap())]].concat();
    for (certificate, code) in [(&trusted, 0), (&other, 1)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}/hook", listener.local_addr().unwrap().port());
        let server = serve_tls(listener, certificate);
        let ran = run(&["send", "qrstudio", "scan.created", &url], &environment, b"");
        assert_eq!(ran.code, Some(code), "{ran:?}");
        let head = server.join().unwrap();
        assert_eq!(head.starts_with("POST /hook HTTP/1.1\r\n"), code == 0, "{head}");
    }
}
