//! A server in a child process.

use std::{
    env,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::{Result, processor};

/// A running server. It ends when this is dropped, and when the thread that started it ends.
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    pub fn start(kind: &str, workers: usize) -> Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args(["serve", kind, &workers.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let read = child.stdout.as_mut().map(|output| BufReader::new(output).read_line(&mut line));
        let port = read.transpose().map_err(Into::into).and_then(|_| Ok(line.trim().parse()?));
        match port {
            Ok(port) => Ok(Self { child, address: (Ipv4Addr::LOCALHOST, port).into() }),
            Err(error) => {
                let error: Box<dyn std::error::Error + Send + Sync> = error;
                let _ = child.kill();
                let _ = child.wait();
                Err(format!("{kind} did not start: {error}").into())
            }
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The processor time that it has used.
    pub fn processor_time(&self) -> Result<Duration> {
        processor::time_of(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
