//! Receiving programs and deliveries to them.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use qrhook::{UnixTime, qrstudio::QrStudio, testing::sign};

/// A running program, killed when it is dropped.
pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Starts a program that chooses its port and prints its address when it listens.
    pub(crate) fn start(program: &mut Command) -> Self {
        let mut child = program.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let address = said.trim().parse().unwrap_or_else(|_| panic!("it is not listening: {said}"));
        Self { child, address }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Delivers an event. Returns the status, or `None` without a response.
pub(crate) fn deliver(address: SocketAddr, secret: &str, id: &str) -> Option<u16> {
    let body = format!(r#"{{"type":"scan.created","id":"{id}","data":{{}}}}"#);
    let signed = sign::<QrStudio>(secret, body, UnixTime::now());
    let lines = signed.headers.iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
    let (lines, length) = (lines.collect::<String>(), signed.body.len());
    let head = format!("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{lines}\r\n");
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(&[head.as_bytes(), &signed.body].concat()).ok()?;
    let mut answer = String::new();
    // A killed server resets the connection.
    let _ = stream.read_to_string(&mut answer);
    answer.split(' ').nth(1)?.parse().ok()
}

/// Waits until `done` returns true. Panics with the text `otherwise` rather than wait forever.
pub(crate) fn wait(otherwise: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(180), "{otherwise}");
        thread::sleep(Duration::from_millis(2));
    }
}
