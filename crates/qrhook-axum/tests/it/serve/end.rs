//! The end of a server.

use std::{io::Write, time::Duration};

use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::world::{World, closed, ended, exchange, request, response};

/// These connections have seconds, and the end as a whole has minutes. If it waited for them, it would not be complete.
#[tokio::test]
async fn half_a_header_and_idle_connections_do_not_hold_it_up() {
    let world = World::new();
    let server = world.start(|server| server.without_signals()).await;
    let mut half = TcpStream::connect(server.address).await.unwrap();
    half.write_all(b"POST / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    assert!(exchange(&mut idle, &request("qrplanet", 1)).await.starts_with("HTTP/1.1 204 "));
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    assert!(server.ended().await.is_complete());
    for client in [&mut half, &mut idle, &mut silent] {
        assert_eq!(closed(client).await, b"");
    }
}

#[tokio::test]
async fn who_is_connected_and_who_waits_in_the_backlog_is_served_and_told_to_go() {
    let world = World::new();
    let server = world.start(|server| server.without_signals()).await;
    let address = server.address;
    let mut open = TcpStream::connect(address).await.unwrap();
    assert!(!exchange(&mut open, &request("qrplanet", 0)).await.contains("connection: close"));
    // Without an await, so that the server sees none of this before it is told to end.
    let serving = server.stop();
    let waiting = |number| {
        let mut client = std::net::TcpStream::connect(address).unwrap();
        client.write_all(&request("qrplanet", number)).unwrap();
        client.set_nonblocking(true).unwrap();
        TcpStream::from_std(client).unwrap()
    };
    let mut clients: Vec<_> = (1..=20).map(waiting).collect();
    open.try_write(&request("qrplanet", 21)).unwrap();
    for client in clients.iter_mut().chain([&mut open]) {
        let response = response(client).await;
        assert!(response.starts_with("HTTP/1.1 204 ") && response.contains("connection: close"), "{response}");
        assert_eq!(closed(client).await, b"");
    }
    assert!(TcpStream::connect(address).await.is_err(), "the server still listens");
    assert!(ended(serving).await.is_complete());
    assert_eq!(world.handled().len(), 22);
}

#[tokio::test]
async fn a_listener_that_another_process_holds_too_serves_the_next_instance() {
    let world = World::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let held = || tokio::net::TcpListener::from_std(listener.try_clone().unwrap()).unwrap();
    let first = world.start_on(held(), |server| server.without_signals().with_shared_listener());
    let mut served = TcpStream::connect(first.address).await.unwrap();
    assert!(exchange(&mut served, &request("qrplanet", 0)).await.starts_with("HTTP/1.1 204 "));
    assert!(first.ended().await.is_complete());

    let mut waiting = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    waiting.write_all(&request("qrplanet", 1)).await.unwrap();
    let second = world.start_on(held(), |server| server.without_signals());
    assert!(response(&mut waiting).await.starts_with("HTTP/1.1 204 "));
    assert!(second.ended().await.is_complete());
    assert_eq!(world.handled(), ["00000", "00001"]);
}

#[tokio::test]
async fn a_handler_that_runs_is_finished_and_answered() {
    let world = World::new();
    let server = world.start(|server| server.without_signals()).await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    client.write_all(&request("codeqr", 1)).await.unwrap();
    world.begun().await;
    let address = server.address;
    let serving = server.stop();
    while TcpStream::connect(address).await.is_ok() {}
    world.let_through(1);
    let response = response(&mut client).await;
    assert!(response.starts_with("HTTP/1.1 204 ") && response.contains("connection: close"), "{response}");
    assert!(ended(serving).await.is_complete());
    assert_eq!(world.handled(), ["00001"]);
}

#[tokio::test]
async fn it_tells_what_was_left_when_its_time_is_over() {
    let world = World::new();
    let server = world.start(|server| server.without_signals().with_drain_time(Duration::ZERO)).await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    client.write_all(&request("codeqr", 1)).await.unwrap();
    world.begun().await;
    let stopped = server.ended().await;
    assert_eq!((stopped.connections, stopped.running, stopped.abandoned), (1, 1, 0));
    assert!(!stopped.is_complete());
    assert_eq!(closed(&mut client).await, b"");
}

/// This is the only test in this program that uses signals.
#[cfg(unix)]
#[tokio::test]
async fn the_first_signal_ends_it_and_the_second_its_waiting() {
    let world = World::new();
    let server = world.start(|server| server).await;
    let address = server.address;
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(&request("codeqr", 1)).await.unwrap();
    // From here on, the signals are caught.
    world.begun().await;
    let serving = server.serving();
    let signal = |name: &str| {
        let process = std::process::id().to_string();
        assert!(std::process::Command::new("kill").args([name, &process]).status().unwrap().success());
    };
    signal("-INT");
    while TcpStream::connect(address).await.is_ok() {}
    assert!(!serving.is_finished(), "the server must wait for the handler");
    signal("-TERM");
    let stopped = ended(serving).await;
    // The count may include the connections that tested whether the server still listens.
    assert!(stopped.connections >= 1);
    assert_eq!(stopped.running, 1);
}
