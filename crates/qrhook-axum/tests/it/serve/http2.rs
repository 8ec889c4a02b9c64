//! HTTP/2, for clients that start with it.

use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use http::{Request, Version};
use qrhook::{UnixTime, codeqr::CodeQr, testing};
use tokio::net::TcpStream;

use super::world::{World, body, ended, within};
use crate::client::SECRET;

async fn deliver(client: &mut SendRequest<Bytes>, number: usize) -> h2::client::ResponseFuture {
    let signed = testing::sign::<CodeQr>(SECRET, body("codeqr", number), UnixTime::now());
    let mut request = Request::post("http://x/codeqr").version(Version::HTTP_2).body(()).unwrap();
    *request.headers_mut() = signed.headers;
    let (response, mut stream) = client.send_request(request, false).unwrap();
    stream.send_data(signed.body, true).unwrap();
    response
}

#[tokio::test]
async fn requests_at_once_are_finished_when_the_server_ends() {
    let world = World::new();
    let server = world.start(|server| server.without_signals()).await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let responses = [deliver(&mut client, 1).await, deliver(&mut client, 2).await];
    world.begun().await;
    world.begun().await;
    // The server runs before the client's connection does, so the third request reaches a server that is ending. It is
    // still accepted, because the connection is open.
    let serving = server.stop();
    let third = deliver(&mut client, 3).await;
    world.begun().await;
    // Wait until the client is told not to start another request. That must not cut off the three.
    within(async {
        while client.clone().ready().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    world.let_through(3);
    for response in responses.into_iter().chain([third]) {
        assert_eq!(within(response).await.unwrap().status(), 204);
    }
    assert!(ended(serving).await.is_complete());
    // The server closed the connection properly, so the client sees no error.
    within(connection).await.unwrap().unwrap();
    assert_eq!(world.handled(), ["00001", "00002", "00003"]);
}
