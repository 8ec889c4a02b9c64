//! HTTP/1.1 by hand, because a library would not send most of this.

use std::{net::SocketAddr, time::Duration};

use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

use super::Answer;
use crate::scenario::{Ending, Framing, Leave, Request};

pub struct Exchange {
    reader: OwnedReadHalf,
    /// Writes concurrently with the reading, because a server may respond before it has read everything.
    writer: JoinHandle<OwnedWriteHalf>,
    received: Vec<u8>,
    /// Whether the request is a `HEAD`, whose response has no body, whatever its headers say.
    head: bool,
}

impl Exchange {
    pub async fn begin(address: SocketAddr, request: &Request) -> Self {
        let head = head(request);
        if request.framing == Framing::Continue {
            let mut this = Self::raw(address, head).await;
            if this.is_told_to_continue().await {
                let mut writer = this.writer.await.unwrap();
                writer.write_all(&request.body).await.unwrap();
                this.writer = tokio::spawn(async { writer });
            }
            return this;
        }
        let mut bytes = head;
        match request.framing {
            Framing::Chunked => {
                for chunk in request.body.chunks(10_000) {
                    bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                    bytes.extend_from_slice(chunk);
                    bytes.extend_from_slice(b"\r\n");
                }
                if request.ending != Ending::Stops {
                    bytes.extend_from_slice(b"0\r\n\r\n");
                }
            }
            _ => bytes.extend_from_slice(&request.body),
        }
        let this = Self::write(address, bytes, request.ending == Ending::HalfCloses).await;
        Self { head: request.method == "HEAD", ..this }
    }

    async fn raw(address: SocketAddr, bytes: Vec<u8>) -> Self {
        Self::write(address, bytes, false).await
    }

    async fn write(address: SocketAddr, bytes: Vec<u8>, half_close: bool) -> Self {
        let (reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
        let writer = tokio::spawn(async move {
            // A server that has responded already may read no more.
            let _ = writer.write_all(&bytes).await;
            if half_close {
                let _ = writer.shutdown().await;
            }
            writer
        });
        Self { reader, writer, received: Vec::new(), head: false }
    }

    /// Reads the first response and removes it if it is `100 Continue`. Returns whether it was.
    async fn is_told_to_continue(&mut self) -> bool {
        const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
        while self.received.len() < CONTINUE.len() && self.read().await {}
        let told = self.received.starts_with(CONTINUE);
        if told {
            self.received.drain(..CONTINUE.len());
        }
        told
    }

    /// Reads more. Returns `false` at the end.
    async fn read(&mut self) -> bool {
        let mut buffer = [0; 8192];
        match self.reader.read(&mut buffer).await {
            Ok(count @ 1..) => {
                self.received.extend_from_slice(&buffer[..count]);
                true
            }
            // A server that refuses a body may reset the connection after its response.
            _ => false,
        }
    }

    /// Reads until the response is complete or there is nothing more to read. It does not wait for the end of the
    /// connection: a server may keep that open for the rest of a body that it does not want.
    pub async fn answer(mut self) -> Option<Answer> {
        while parse(&self.received, self.head).is_none() && self.read().await {}
        self.writer.abort();
        parse(&self.received, self.head)
    }

    pub async fn leave(self, how: Leave) -> Option<Self> {
        let mut writer = self.writer.await.unwrap();
        match how {
            Leave::Close => None,
            Leave::Reset => {
                SockRef::from(self.reader.as_ref()).set_linger(Some(Duration::ZERO)).unwrap();
                writer.forget();
                None
            }
            Leave::HalfClose => {
                writer.shutdown().await.unwrap();
                Some(Self { writer: tokio::spawn(async { writer }), ..self })
            }
        }
    }
}

fn head(request: &Request) -> Vec<u8> {
    let Request { method, endpoint, query, .. } = request;
    let mut head = format!("{method} /{endpoint}{query} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n").into_bytes();
    match request.announced() {
        Some(length) => head.extend_from_slice(format!("content-length: {length}\r\n").as_bytes()),
        None => head.extend_from_slice(b"transfer-encoding: chunked\r\n"),
    }
    if request.framing == Framing::Continue {
        head.extend_from_slice(b"expect: 100-continue\r\n");
    }
    for (name, value) in &request.headers {
        head.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    head.extend_from_slice(b"\r\n");
    head
}

fn parse(received: &[u8], is_head: bool) -> Option<Answer> {
    let text = String::from_utf8(received.to_owned()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let header = |name: &str| {
        let mut lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    // The bytes after it may be a response to surplus bytes of the request.
    let body = match (header("transfer-encoding"), header("content-length")) {
        (Some(_), _) => dechunk(body)?,
        (None, Some(length)) if !is_head => body.get(..length.parse().ok()?)?.to_owned(),
        (None, _) => String::new(),
    };
    Some(Answer {
        status,
        body,
        retry_after: header("retry-after"),
        allow: header("allow"),
        reason: header("x-reason"),
    })
}

fn dechunk(mut text: &str) -> Option<String> {
    let mut body = String::new();
    loop {
        let (size, rest) = text.split_once("\r\n")?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.push_str(rest.get(..size)?);
        text = rest.get(size + 2..)?;
    }
}
