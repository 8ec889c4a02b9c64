//! HTTP/2 with prior knowledge.

use std::net::SocketAddr;

use bytes::Bytes;
use h2::{
    Reason, SendStream,
    client::{self, ResponseFuture},
};
use tokio::{net::TcpStream, task::JoinHandle};

use super::Answer;
use crate::scenario::{Ending, Framing, Leave, Request};

pub struct Exchange {
    response: ResponseFuture,
    body: SendStream<Bytes>,
    connection: JoinHandle<()>,
}

impl Exchange {
    pub async fn begin(address: SocketAddr, request: &Request) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (client, connection) = client::handshake(stream).await.unwrap();
        let connection = tokio::spawn(async move { drop(connection.await) });
        let mut client = client.ready().await.unwrap();
        let (response, mut body) = client.send_request(head(request, address), false).unwrap();
        // A request that only announces a body has nothing to send. Sending fails if the stream has been reset already.
        if !request.body.is_empty() || request.ending != Ending::Stops {
            let _ = body.send_data(Bytes::from(request.body.clone()), request.ending != Ending::Stops);
        }
        Self { response, body, connection }
    }

    pub async fn answer(self) -> Option<Answer> {
        let response = self.response.await.ok()?;
        let (parts, mut stream) = response.into_parts();
        let mut body = Vec::new();
        while let Some(chunk) = stream.data().await {
            body.extend_from_slice(&chunk.ok()?);
        }
        drop(self.body);
        self.connection.abort();
        let header = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        Some(Answer {
            status: parts.status.as_u16(),
            body: String::from_utf8(body).unwrap(),
            retry_after: header("retry-after"),
            allow: header("allow"),
            reason: header("x-reason"),
        })
    }

    pub async fn leave(mut self, how: Leave) -> Option<Self> {
        match how {
            Leave::Close => {
                self.connection.abort();
                let _ = self.connection.await;
                None
            }
            Leave::Reset => {
                self.body.send_reset(Reason::CANCEL);
                // The connection stays open, as it does when a sender gives up one of several requests.
                tokio::spawn(async move { drop(self.connection.await) });
                None
            }
            // The stream ended with the request.
            Leave::HalfClose => Some(self),
        }
    }
}

fn head(request: &Request, address: SocketAddr) -> http::Request<()> {
    let uri = format!("http://{address}/{}{}", request.endpoint, request.query);
    let mut head = http::Request::builder().method(request.method).uri(uri).version(http::Version::HTTP_2);
    if let Some(length) = request.announced() {
        head = head.header("content-length", length);
    }
    if request.framing == Framing::Continue {
        head = head.header("expect", "100-continue");
    }
    for (name, value) in &request.headers {
        head = head.header(name, value.as_slice());
    }
    head.body(()).unwrap()
}
