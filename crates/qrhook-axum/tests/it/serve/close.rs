//! Clients that close before the response.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
};

use super::world::{World, request};

/// Like PHP's `fsockopen`, `fwrite`, `fclose`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_clients_that_write_and_close_is_handled() {
    for sender in ["qrplanet", "qrstudio"] {
        let world = World::new();
        let server = world.start(|server| server.without_signals()).await;
        let address = server.address;
        let clients = tokio::task::spawn_blocking(move || {
            for number in 0..200 {
                TcpStream::connect(address).unwrap().write_all(&request(sender, number)).unwrap();
            }
        });
        clients.await.unwrap();
        world.wait_for(200).await;
        let expected: Vec<_> = (0..200).map(|number| format!("{number:05}")).collect();
        assert_eq!(world.handled(), expected, "{sender}");
        assert!(server.ended().await.is_complete(), "{sender}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_closes_its_half_is_answered() {
    let world = World::new();
    let server = world.start(|server| server.without_signals()).await;
    let mut client = TcpStream::connect(server.address).unwrap();
    client.write_all(&request("codeqr", 1)).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    world.begun().await;
    world.let_through(1);
    let reading = tokio::task::spawn_blocking(move || {
        let mut response = String::new();
        client.read_to_string(&mut response).map(|_| response)
    });
    let response = reading.await.unwrap().unwrap();
    assert!(response.starts_with("HTTP/1.1 204 "), "{response}");
    assert!(server.ended().await.is_complete());
}
