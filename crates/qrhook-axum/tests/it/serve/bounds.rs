//! The limits on what strangers can occupy.

use std::time::Duration;

use tokio::{io::AsyncWriteExt, net::TcpStream, time::sleep};

use super::world::{World, closed, exchange, request, response, within};
use crate::client::send;

const HALF: &[u8] = b"POST /qrplanet HTTP/1.1\r\nhost: x\r\nx-half: ";

/// The unit tests of `activity` cover the exact times.
#[tokio::test]
async fn half_a_header_is_cut_off() {
    let world = World::new();
    let server = world.start(|server| server.without_signals()).await;
    let mut half = TcpStream::connect(server.address).await.unwrap();
    half.write_all(HALF).await.unwrap();
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(HALF).await.unwrap();
    let mut kept = TcpStream::connect(server.address).await.unwrap();
    assert!(exchange(&mut kept, &request("qrplanet", 1)).await.starts_with("HTTP/1.1 204 "));
    kept.write_all(HALF).await.unwrap();
    // More bytes do not extend the time either.
    within(async {
        while slow.write_all(b"a").await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    for client in [&mut half, &mut slow, &mut kept] {
        assert_eq!(closed(client).await, b"");
    }
    assert!(server.ended().await.is_complete());
}

#[tokio::test]
async fn a_header_beyond_the_bound_is_refused_and_not_held() {
    let world = World::new();
    let server = world.start(|server| server.without_signals()).await;
    // Not more than the server reads. If bytes arrived after the close, the refusal could be lost.
    let mut header = HALF.to_vec();
    header.resize(32 * 1024, b'a');
    let mut client = TcpStream::connect(server.address).await.unwrap();
    let refusal = exchange(&mut client, &header).await;
    assert!(refusal.starts_with("HTTP/1.1 431 "), "{refusal}");
    assert_eq!(closed(&mut client).await, b"");
    assert!(server.ended().await.is_complete());
}

#[tokio::test]
async fn idle_connections_beyond_the_bound_make_room_and_busy_ones_stay() {
    let world = World::new();
    let server = world.start(|server| server.without_signals().with_max_connections(8)).await;
    let mut busy = TcpStream::connect(server.address).await.unwrap();
    busy.write_all(&request("codeqr", 0)).await.unwrap();
    world.begun().await;
    let mut held = Vec::new();
    for number in 1..=40 {
        for bytes in [&b""[..], HALF] {
            let mut stranger = TcpStream::connect(server.address).await.unwrap();
            // The server may have closed this connection already to make room.
            let _ = stranger.write_all(bytes).await;
            held.push(stranger);
        }
        assert_eq!(send(server.address, &request_that_closes(number)).await, 204);
    }
    world.let_through(1);
    assert!(response(&mut busy).await.starts_with("HTTP/1.1 204 "));
    assert_eq!(world.handled().len(), 41);
    drop(held);
    assert!(server.ended().await.is_complete());
}

#[tokio::test]
async fn connections_that_all_have_a_request_are_waited_for() {
    let world = World::new();
    let server = world.start(|server| server.without_signals().with_max_connections(2)).await;
    let mut busy = Vec::new();
    for number in 0..2 {
        let mut client = TcpStream::connect(server.address).await.unwrap();
        client.write_all(&request("codeqr", number)).await.unwrap();
        world.begun().await;
        busy.push(client);
    }
    let mut late = TcpStream::connect(server.address).await.unwrap();
    late.write_all(&request("qrplanet", 2)).await.unwrap();
    // It is served when one of the others has its response.
    world.let_through(2);
    for client in busy.iter_mut().chain([&mut late]) {
        assert!(response(client).await.starts_with("HTTP/1.1 204 "));
    }
    assert!(server.ended().await.is_complete());
}

fn request_that_closes(number: usize) -> Vec<u8> {
    let request = String::from_utf8(request("qrplanet", number)).unwrap();
    request.replacen("host: x\r\n", "host: x\r\nconnection: close\r\n", 1).into_bytes()
}

/// Otherwise a stranger could send thousands of requests on one connection, without waiting for responses.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_connection_of_a_forged_request_is_closed_and_that_of_a_real_one_stays() {
    let world = World::new();
    let server = world.start(|server| server.without_signals()).await;
    let mut platform = TcpStream::connect(server.address).await.unwrap();
    for number in [1, 2] {
        let head = exchange(&mut platform, &request("qrstudio", number)).await;
        assert!(head.starts_with("HTTP/1.1 20") && !head.contains("connection: close"), "{head}");
    }
    let forged = b"POST /qrstudio HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}";
    let mut stranger = TcpStream::connect(server.address).await.unwrap();
    stranger.write_all(&[&forged.repeat(3)[..], &request("qrstudio", 3)].concat()).await.unwrap();
    let responses = String::from_utf8(closed(&mut stranger).await).unwrap();
    assert!(responses.starts_with("HTTP/1.1 401 ") && responses.contains("connection: close"), "{responses}");
    assert_eq!(responses.matches("HTTP/1.1").count(), 1, "nothing else is read: {responses}");
    assert_eq!(world.handled(), ["00001", "00002"]);
    assert!(server.ended().await.is_complete());
}
