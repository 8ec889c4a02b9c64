//! What all three ways have in common.

use std::time::Duration;

use qrhook::{UnixTime, qrstudio::QrStudio, testing};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{
    client::{SECRET, answer, event, post, send, signed},
    server::Server,
};

const WAYS: [&str; 3] = ["/layer", "/claimed", "/verified"];

/// The signature lines of a body that was signed at some other time.
fn signature(body: &str, age: i64) -> String {
    let at = UnixTime::from_secs(UnixTime::now().as_secs() - age);
    let request = testing::sign::<QrStudio>(SECRET, body.to_owned(), at);
    format!("x-qrstudio-signature: {}\r\n", request.headers["x-qrstudio-signature"].to_str().unwrap())
}

#[tokio::test]
async fn refusals_are_the_same_and_reach_no_handler() {
    let server = Server::with(|builder| builder.with_body_limit(1000)).await;
    let (good, large) = (event("evt_1"), event(&"x".repeat(2000)));
    let line = signature(&good, 0);
    let chunked = |size: usize| {
        let chunk = format!("{size:x}\r\n{}\r\n0\r\n\r\n", "x".repeat(size));
        let head =
            format!("POST PATH HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n{line}\r\n");
        (head + &chunk).into_bytes()
    };
    let cases = [
        ("not POST", format!("GET PATH HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{line}\r\n").into_bytes(), 405),
        ("no signature", post("PATH", "", good.as_bytes()), 401),
        ("two signatures", post("PATH", &line.repeat(2), good.as_bytes()), 401),
        ("malformed", post("PATH", "x-qrstudio-signature: v1=\r\n", good.as_bytes()), 401),
        ("another body", post("PATH", &line, b"{}"), 401),
        ("stale", post("PATH", &signature(&good, 301), good.as_bytes()), 401),
        ("future", post("PATH", &signature(&good, -310), good.as_bytes()), 401),
        ("announced too large", post("PATH", &signature(&large, 0), large.as_bytes()), 413),
        ("chunked too large", chunked(1001), 413),
        ("no event", post("PATH", &signature("[]", 0), b"[]"), 400),
        ("empty", post("PATH", &signature("", 0), b""), 400),
    ];
    for (name, request, status) in &cases {
        let mut answers = Vec::new();
        for way in WAYS {
            let request = String::from_utf8(request.clone()).unwrap().replacen("PATH", way, 1);
            let answer = send(server.address, request.as_bytes()).await;
            assert_eq!(answer.status, *status, "{name} {way}");
            assert_eq!(answer.has("allow: POST"), *status == 405, "{name} {way}");
            answers.push(answer.body);
        }
        assert!(answers.iter().all(|body| *body == answers[0]), "{name}: {answers:?}");
    }
    assert_eq!(server.runs(), 0);
}

#[tokio::test]
async fn an_announcement_alone_is_refused_without_its_body() {
    let server = Server::start().await;
    let line = signature("{}", 0);
    for way in WAYS {
        for (line, status) in [("", 401), (line.as_str(), 413)] {
            let head = format!(
                "POST {way} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 1073741824\r\n{line}\r\n"
            );
            assert_eq!(send(server.address, head.as_bytes()).await.status, status, "{way}");
        }
    }
}

#[tokio::test]
async fn a_body_that_takes_too_long_is_answered_408() {
    let server = Server::with(|builder| builder.with_body_time(Duration::from_millis(100))).await;
    for way in WAYS {
        let request = signed::<QrStudio>(way, event("evt_1"));
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(&request[..request.len() - 1]).await.unwrap();
        assert_eq!(answer(stream).await.status, 408, "{way}");
    }
    assert_eq!(server.runs(), 0);
}

#[tokio::test]
async fn each_way_hands_an_event_over() {
    for way in WAYS {
        let server = Server::start().await;
        let request = signed::<QrStudio>(way, event("evt_1"));
        let answer = send(server.address, &request).await;
        assert_eq!((answer.status, answer.body.as_str(), server.runs()), (200, "handled", 1), "{way}");
        // Without a store a repeat comes through.
        let again = send(server.address, &request).await;
        let expected = if way == "/verified" { ("handled", 2) } else { ("already handled\n", 1) };
        assert_eq!((again.status, again.body.as_str(), server.runs()), (200, expected.0, expected.1), "{way}");
    }
}

#[tokio::test]
async fn the_handlers_answer_decides_and_nothing_ends_the_hook() {
    for way in ["/layer", "/claimed"] {
        for (id, status) in [("a-400", 400), ("a-301", 500), ("a-410", 500), ("a-503", 503), ("panic", 500)] {
            let server = Server::start().await;
            let request = signed::<QrStudio>(way, event(id));
            assert_eq!(send(server.address, &request).await.status, status, "{way} {id}");
            let retry = send(server.address, &request).await;
            assert_eq!((retry.status, retry.body.as_str(), server.runs()), (200, "handled", 2), "{way} {id}");
        }
    }
}

#[tokio::test]
async fn a_hundred_copies_have_one_run() {
    for way in ["/layer", "/claimed"] {
        let server = Server::start().await;
        let request = signed::<QrStudio>(way, event("slow"));
        let copies: Vec<_> = (0..100)
            .map(|_| {
                let (address, request) = (server.address, request.clone());
                tokio::spawn(async move { send(address, &request).await })
            })
            .collect();
        let mut handled = 0;
        for copy in copies {
            let answer = copy.await.unwrap();
            match (answer.status, answer.body.as_str()) {
                (200, "handled") => handled += 1,
                (200, "already handled\n") => {}
                (503, _) => assert!(answer.has("retry-after: "), "{way}"),
                other => panic!("{way}: {other:?}"),
            }
        }
        assert_eq!((handled, server.runs()), (1, 1), "{way}");
    }
}

#[tokio::test]
async fn a_handler_past_the_deadline_is_answered_503_and_stopped_at_its_limit() {
    let limits = |builder: qrhook::receiver::ReceiverBuilder<QrStudio>| {
        builder.with_deadline(Duration::from_millis(100)).with_handler_limit(Duration::from_millis(400))
    };
    for way in ["/layer", "/claimed"] {
        let server = Server::with(limits).await;
        assert_eq!(send(server.address, &signed::<QrStudio>(way, event("hang"))).await.status, 503, "{way}");
        let late = signed::<QrStudio>(way, event("slow"));
        assert_eq!(send(server.address, &late).await.status, 503, "{way}");
        server.idle(1).await;
        assert_eq!(server.receiver.drain(Duration::from_secs(5)).await.running, 0, "{way}");
        assert_eq!(server.runs(), 1, "{way}: the late one ran to its end, the hanging one did not");
    }
}
