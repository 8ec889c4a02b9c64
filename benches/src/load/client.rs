//! The client: keep-alive connections with one request in flight on each.
//!
//! It never sleeps. A server that responds pays for waking a client that sleeps on the same machine, which in
//! production is the network's work; and a slower server, whose client sleeps more often, would pay more.

use std::{
    io::{ErrorKind, Read, Write},
    net::SocketAddr,
    ops::Range,
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token, net::TcpStream};

use super::{Result, requests::Requests};

/// The longest silence of a server. After that it counts as hung.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Client {
    poll: Poll,
    connections: Vec<Connection>,
}

struct Connection {
    stream: TcpStream,
    /// The request in flight, if there is one; `sent` is how many of its bytes were sent.
    request: Option<usize>,
    sent: usize,
    response: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr, connections: usize) -> Result<Self> {
        let poll = Poll::new()?;
        let connect = |number| {
            let stream = std::net::TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            poll.registry().register(&mut stream, Token(number), Interest::READABLE | Interest::WRITABLE)?;
            Ok(Connection { stream, request: None, sent: 0, response: Vec::with_capacity(4096) })
        };
        let connections = (0..connections).map(connect).collect::<Result<_>>()?;
        Ok(Self { poll, connections })
    }

    /// Sends these requests until none is left or the time is over, and waits for all responses. Returns the number of
    /// requests sent and the time taken. An unexpected status is an error, because rejections are cheap.
    pub fn send(
        &mut self,
        requests: &Requests,
        numbers: Range<usize>,
        time: Duration,
        status: u16,
    ) -> Result<(usize, Duration)> {
        let mut numbers = numbers.peekable();
        let first = *numbers.peek().ok_or("there are no requests")?;
        let (started, mut last, mut in_flight) = (Instant::now(), first, 0_usize);
        let mut next = || numbers.next_if(|_| started.elapsed() < time).inspect(|number| last = *number);
        for connection in &mut self.connections {
            let Some(number) = next() else { break };
            connection.begin(number, requests)?;
            in_flight += 1;
        }
        let (mut events, mut heard) = (Events::with_capacity(1024), Instant::now());
        while in_flight > 0 {
            self.poll.poll(&mut events, Some(Duration::ZERO))?;
            if !events.is_empty() {
                heard = Instant::now();
            } else if heard.elapsed() > PATIENCE {
                return Err("the server does not respond".into());
            }
            for event in &events {
                let connection = &mut self.connections[event.token().0];
                if event.is_writable() {
                    connection.write(requests)?;
                }
                if event.is_readable() && connection.read(status)? {
                    match next() {
                        Some(number) => connection.begin(number, requests)?,
                        None => in_flight -= 1,
                    }
                }
            }
        }
        Ok((last + 1 - first, started.elapsed()))
    }
}

impl Connection {
    fn begin(&mut self, number: usize, requests: &Requests) -> Result<()> {
        (self.request, self.sent) = (Some(number), 0);
        self.write(requests)
    }

    fn write(&mut self, requests: &Requests) -> Result<()> {
        let Some(number) = self.request else { return Ok(()) };
        let rest = &requests.get(number)[self.sent..];
        if rest.is_empty() {
            return Ok(());
        }
        match self.stream.write(rest) {
            // The rest is sent when the connection is writable again.
            Ok(sent) => self.sent += sent,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Reads, and returns whether the response is complete. One read is enough: nothing more comes before the next
    /// request, and a response in two pieces gives two events.
    fn read(&mut self, status: u16) -> Result<bool> {
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer) {
            Ok(0) => return Err("the server closed the connection".into()),
            Ok(read) => self.response.extend(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let complete = is_complete(&self.response, status)?;
        if complete {
            self.response.clear();
            self.request = None;
        }
        Ok(complete)
    }
}

fn is_complete(bytes: &[u8], status: u16) -> Result<bool> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes)? else { return Ok(false) };
    if response.code != Some(status) {
        return Err(format!("{:?} instead of {status}: {}", response.code, String::from_utf8_lossy(bytes)).into());
    }
    let length = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.map_or(Ok(0), |header| std::str::from_utf8(header.value)?.parse::<usize>().map_err(Into::into));
    Ok(bytes.len() >= head + length.map_err(|error: Box<dyn std::error::Error + Send + Sync>| error)?)
}
