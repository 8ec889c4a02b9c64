//! Requests as bytes, because no HTTP client would send most of these.

use std::{fmt, net::SocketAddr, time::Duration};

use http::HeaderMap;
use qrhook::testing::SignedRequest;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::platform::Platform;

/// The response to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Status(u16),
    Nothing,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(f),
            Self::Nothing => f.write_str("nothing"),
        }
    }
}

/// A whole request to the sender's path.
pub(super) fn request(platform: Platform, signed: &SignedRequest) -> Vec<u8> {
    let length = format!("content-length: {}", signed.body.len());
    let mut request = head("POST", platform.name(), &signed.headers, &length);
    request.extend_from_slice(&signed.body);
    request
}

/// A request up to its body.
pub(super) fn head(method: &str, path: &str, headers: &HeaderMap, more: &str) -> Vec<u8> {
    let mut head = format!("{method} /{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n").into_bytes();
    for (name, value) in headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(more.as_bytes());
    head.extend_from_slice(b"\r\n\r\n");
    head
}

/// The body as one chunk of unannounced length.
pub(super) fn chunk(body: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
}

/// The value of the signature header.
pub(super) fn signature(signed: &SignedRequest) -> &str {
    let names = Platform::ALL.into_iter().filter_map(Platform::signature_header);
    let value = names.filter_map(|name| signed.headers.get(name)).next();
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A response that has not come by then never will.
const HANGS: Duration = Duration::from_secs(120);

/// Connects, sends these bytes, and reads the response.
pub(super) async fn exchange(address: SocketAddr, request: &[u8]) -> Answer {
    let exchange = async {
        let Ok(stream) = TcpStream::connect(address).await else { return Answer::Nothing };
        let (mut from, mut to) = stream.into_split();
        // At the same time, because the response to a body that is too large comes before its end.
        let (_, answer) = tokio::join!(to.write_all(request), read(&mut from));
        answer
    };
    tokio::time::timeout(HANGS, exchange).await.unwrap_or(Answer::Nothing)
}

async fn read(from: &mut (impl AsyncReadExt + Unpin)) -> Answer {
    // `HTTP/1.1 200`
    let mut start = [0; 12];
    if from.read_exact(&mut start).await.is_err() {
        return Answer::Nothing;
    }
    let status = std::str::from_utf8(&start).ok().and_then(|start| start.get(9..)).and_then(|text| text.parse().ok());
    // The rest does not matter, but a connection that is closed early looks like a client that hung up.
    drop(from.read_to_end(&mut Vec::new()).await);
    status.map_or(Answer::Nothing, Answer::Status)
}
