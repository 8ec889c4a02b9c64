//! Accepting connections, within bounds, until the end.

use std::{future::Future, io, pin::pin, time::Duration};

use qrhook::serving::{HANDSHAKE_TIME, hold_back_new};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};

use super::connections::Connections;

/// How long to wait for room before the next idle connection has to go.
const MOMENT: Duration = Duration::from_millis(50);

/// A socket that accepts connections.
#[derive(Debug)]
pub(super) struct Listening {
    listener: TcpListener,
    max: usize,
    /// Whether the last connection could not be accepted.
    failing: bool,
}

impl Listening {
    pub(super) fn new(listener: TcpListener, max: usize) -> Self {
        Self { listener, max, failing: false }
    }

    /// Opens connections until the end has come.
    pub(super) async fn until(
        &mut self,
        end: impl Future<Output = ()>,
        connections: &mut Connections,
        open: &mut impl FnMut(&mut Connections, TcpStream),
    ) {
        let mut end = pin!(end);
        loop {
            let full = connections.len() >= self.max;
            if full {
                connections.displace();
            }
            tokio::select! {
                () = &mut end => return,
                () = connections.ended() => {}
                () = sleep(MOMENT), if full => {}
                accepted = self.listener.accept(), if !full => match accepted {
                    Ok((stream, _)) => {
                        self.failing = false;
                        open(connections, stream);
                    }
                    Err(error) => self.failed(&error, connections).await,
                }
            }
        }
    }

    /// Listens no longer, and opens the connections that the system has taken on by then.
    pub(super) async fn close(
        mut self,
        connections: &mut Connections,
        open: &mut impl FnMut(&mut Connections, TcpStream),
    ) -> io::Result<()> {
        hold_back_new(SockRef::from(&self.listener));
        self.until(sleep(HANDSHAKE_TIME), connections, open).await;
        // Not by the runtime, which may not have heard of all that wait.
        let listener = self.listener.into_std()?;
        while let Ok((stream, _)) = listener.accept() {
            match stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream)) {
                Ok(stream) => open(connections, stream),
                Err(error) => tracing::warn!(%error, "a connection was not accepted"),
            }
        }
        Ok(())
    }

    /// Goes on after a connection was not accepted. Too many open files do not go away at once, but an idle connection
    /// may have one to spare.
    async fn failed(&mut self, error: &io::Error, connections: &Connections) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
            return;
        }
        if !std::mem::replace(&mut self.failing, true) {
            tracing::warn!(%error, "a connection was not accepted");
        }
        connections.displace();
        sleep(MOMENT).await;
    }
}
