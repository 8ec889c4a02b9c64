//! Accepting connections, within bounds, until the server ends.

use std::{future::Future, io, pin::pin, time::Duration};

use qrhook::serving::{HANDSHAKE_TIME, hold_back_new};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};

use super::connections::Connections;

/// The time to wait for room before the next idle connection is displaced, and after a failed accept.
const MOMENT: Duration = Duration::from_millis(50);

/// A socket that accepts connections.
#[derive(Debug)]
pub(super) struct Listening {
    listener: TcpListener,
    max: usize,
    /// Whether the last accept failed, so that a warning is logged only once.
    failing: bool,
}

impl Listening {
    pub(super) fn new(listener: TcpListener, max: usize) -> Self {
        Self { listener, max, failing: false }
    }

    /// Accepts and opens connections until `end` is done.
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

    /// Closes the listener, after opening the connections that the system has already established.
    pub(super) async fn close(
        mut self,
        connections: &mut Connections,
        open: &mut impl FnMut(&mut Connections, TcpStream),
    ) -> io::Result<()> {
        hold_back_new(SockRef::from(&self.listener));
        self.until(sleep(HANDSHAKE_TIME), connections, open).await;
        // Without the runtime, which may not have been notified of all of them yet.
        let listener = self.listener.into_std()?;
        while let Ok((stream, _)) = listener.accept() {
            match stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream)) {
                Ok(stream) => open(connections, stream),
                Err(error) => tracing::warn!(%error, "a connection could not be accepted"),
            }
        }
        Ok(())
    }

    /// Recovers from a failed accept. If there are too many open files, ending an idle connection frees one.
    async fn failed(&mut self, error: &io::Error, connections: &Connections) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
            return;
        }
        if !std::mem::replace(&mut self.failing, true) {
            tracing::warn!(%error, "a connection could not be accepted");
        }
        connections.displace();
        sleep(MOMENT).await;
    }
}
