//! The handler does not die with its client.

use std::time::Duration;

use qrhook::qrstudio::QrStudio;
use socket2::SockRef;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{
    client::{answer, event, send, signed},
    server::Server,
};

/// How a client goes away.
#[derive(Debug, Clone, Copy)]
enum Hangup {
    Fin,
    Rst,
}

async fn hang_up(mut stream: TcpStream, how: Hangup) {
    // The request is certainly being handled by then; if not, the assertions below would only get stricter.
    tokio::time::sleep(Duration::from_millis(100)).await;
    match how {
        Hangup::Fin => stream.shutdown().await.unwrap(),
        Hangup::Rst => SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap(),
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_changes_nothing() {
    for way in ["/layer", "/claimed"] {
        for how in [Hangup::Fin, Hangup::Rst] {
            let server = Server::start().await;
            let request = signed::<QrStudio>(way, event("slow"));
            let mut stream = TcpStream::connect(server.address).await.unwrap();
            stream.write_all(&request).await.unwrap();
            hang_up(stream, how).await;
            server.idle(1).await;
            assert_eq!(server.receiver.drain(Duration::from_secs(5)).await.running, 0);
            assert_eq!(server.runs(), 1, "{way} {how:?}");
        }
    }
}

#[tokio::test]
async fn what_was_committed_without_its_client_is_a_duplicate() {
    let server = Server::start().await;
    let request = signed::<QrStudio>("/layer", event("slow"));
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&request).await.unwrap();
    hang_up(stream, Hangup::Rst).await;
    server.idle(1).await;
    // The commit follows the handler's end at once, but in another task.
    let mut retry = send(server.address, &request).await;
    for _ in 0..100 {
        if retry.status != 503 {
            break;
        }
        retry = send(server.address, &request).await;
    }
    assert_eq!((retry.status, retry.body.as_str(), server.runs()), (200, "already handled\n", 1));
}

#[tokio::test]
async fn a_body_that_stops_halfway_claims_nothing() {
    for way in ["/layer", "/claimed", "/verified"] {
        let server = Server::start().await;
        let request = signed::<QrStudio>(way, event("evt_1"));
        for how in [Hangup::Fin, Hangup::Rst] {
            let mut stream = TcpStream::connect(server.address).await.unwrap();
            stream.write_all(&request[..request.len() - 10]).await.unwrap();
            hang_up(stream, how).await;
        }
        let retry = send(server.address, &request).await;
        assert_eq!((retry.status, retry.body.as_str(), server.runs()), (200, "handled", 1), "{way}");
    }
}

#[tokio::test]
async fn a_client_that_only_stops_sending_gets_its_answer() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&signed::<QrStudio>("/layer", event("evt_1"))).await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(answer(stream).await.status, 200);
}

#[tokio::test]
async fn a_drain_refuses_new_work_and_waits_for_the_old() {
    let server = Server::start().await;
    let (address, slow) = (server.address, signed::<QrStudio>("/layer", event("slow")));
    let running = tokio::spawn(async move { send(address, &slow).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let drained = tokio::spawn({
        let receiver = server.receiver.clone();
        async move { receiver.drain(Duration::from_secs(5)).await }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(send(server.address, &signed::<QrStudio>("/layer", event("evt_2"))).await.status, 503);
    assert_eq!(drained.await.unwrap().running, 0);
    assert_eq!(running.await.unwrap().status, 200);
    assert_eq!(server.runs(), 1);
}

/// The handler of `/idle` waits before it begins to handle.
#[tokio::test]
async fn what_a_claimed_held_is_given_back_when_its_client_is_gone() {
    let server = Server::start().await;
    let request = signed::<QrStudio>("/idle", event("evt_1"));
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&request).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(send(server.address, &signed::<QrStudio>("/claimed", event("evt_1"))).await.status, 503, "it is held");
    hang_up(stream, Hangup::Rst).await;
    let again = signed::<QrStudio>("/claimed", event("evt_1"));
    let mut answer = send(server.address, &again).await;
    for _ in 0..200 {
        if answer.status != 503 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        answer = send(server.address, &again).await;
    }
    assert_eq!((answer.status, answer.body.as_str(), server.runs()), (200, "handled", 1));
}
