//! A client that uses a plain socket.

use std::net::SocketAddr;

use qrhook::{Provider, UnixTime, testing};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::server::PATIENCE;

pub const SECRET: &str = "whsec_axum_tests";

/// Returns a signed request as the bytes for a socket.
pub fn signed<P: Provider + Default>(path: &str, body: impl Into<Vec<u8>>) -> Vec<u8> {
    let request = testing::sign::<P>(SECRET, body.into(), UnixTime::now());
    let lines = request.headers.iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
    post(path, &lines.collect::<String>(), &request.body)
}

pub fn post(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

pub fn event(id: &str) -> String {
    format!(r#"{{"type":"scan.created","id":"{id}","created_at":"2026-05-09T14:01:23Z","data":{{"short_id":"a"}}}}"#)
}

/// Sends a request, and returns the status of the response.
pub async fn send(server: SocketAddr, request: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(request).await.unwrap();
    answer(stream).await
}

/// Reads the response to its end, and returns its status. A server that refuses a body closes early, so an error after
/// the response is ignored.
async fn answer(mut stream: TcpStream) -> u16 {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    let reading = async {
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            text.extend_from_slice(&buffer[..count]);
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("no response in time");
    let text = String::from_utf8(text).unwrap();
    text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap()
}
