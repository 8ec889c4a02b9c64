//! The resources of `listen` that strangers can use, and clients that do not wait for a response.

use std::{
    io::Write,
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use qrhook::{Provider, qrplanet::QrPlanet, qrstudio::QrStudio};

use crate::support::{Listen, PATIENCE, QRPLANET_TOKEN, QRSTUDIO_SECRET, scan, signed};

#[cfg(unix)]
#[test]
fn strangers_who_hold_more_connections_than_there_are_descriptors_stop_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Listen::limited("-n 128", folder.path());
    let mut held = Vec::new();
    for number in 0..30 {
        for bytes in [&b""[..], b"", b"", b"", b"POST /qrstudio HTTP/1.1\r\nhost: ", b"P"] {
            let mut stranger = TcpStream::connect(listen.address).unwrap();
            // The receiver may have closed it already.
            let _ = stranger.write_all(bytes);
            held.push(stranger);
        }
        assert_eq!(listen.qrstudio(&scan(&format!("evt_{number}"))), Some(200));
    }
    assert_eq!(listen.terminate().code(), Some(0));
}

#[test]
fn every_event_of_clients_that_write_and_close_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Listen::start(folder.path(), "out");
    for number in 0..200 {
        write_and_close::<QrStudio>(listen.address, QRSTUDIO_SECRET, &scan(&format!("evt_{number}")));
        write_and_close::<QrPlanet>(listen.address, QRPLANET_TOKEN, &format!("event=LEAD_CREATED&name={number}"));
    }
    let lines = || std::fs::read_to_string(folder.path().join("out")).unwrap().lines().count();
    let started = Instant::now();
    while lines() < 400 {
        assert!(started.elapsed() < PATIENCE, "{} of 400 were printed", lines());
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(listen.terminate().code(), Some(0));
    assert_eq!(lines(), 400);
}

/// Like `fsockopen`, `fwrite` and `fclose` in PHP.
fn write_and_close<P: Provider + Default>(address: SocketAddr, secret: &str, body: &str) {
    TcpStream::connect(address).unwrap().write_all(&signed::<P>(secret, body)).unwrap();
}
