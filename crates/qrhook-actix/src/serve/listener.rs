//! The end of listening, without loss.

use std::{
    io,
    net::{Shutdown, TcpListener},
    time::Duration,
};

use actix_web::dev::ServerHandle;
use mio::{Events, Interest, Poll, Token};
use qrhook::serving::{HANDSHAKE_TIME, hold_back_new};
use socket2::{SockRef, Socket};
use tokio::time::{Instant, sleep};

use super::later;

/// How many connections may wait for a worker, as actix's own `bind` has it; the standard library's has 128.
const BACKLOG: i32 = 1024;

/// How long actix gets to stop or begin accepting.
const MOMENT: Duration = Duration::from_millis(20);

/// How long connections may wait for a worker at the end. By then those that hold up the workers without a request are
/// cut, by the limit on the header's time, and most handlers are done.
const ACCEPT_TIME: Duration = Duration::from_secs(10);

/// A second handle of the socket that actix listens on. Actix closes its own only when its workers stop, and drops
/// whoever is connected and not accepted.
#[derive(Debug)]
pub(super) struct Listening(Socket);

impl Listening {
    pub(super) fn new(listener: &TcpListener) -> io::Result<Self> {
        let socket = Socket::from(listener.try_clone()?);
        // Of a socket that listens, this changes the backlog alone.
        socket.listen(BACKLOG)?;
        Ok(Self(socket))
    }

    /// Accepts nobody else. Whoever connects waits for the other process that holds the socket.
    pub(super) async fn pause(self, server: &ServerHandle) {
        server.pause().await;
        // Those that were accepted are on their way to a worker.
        sleep(HANDSHAKE_TIME).await;
    }

    /// Closes the listener when everybody who was connected has reached a worker: from then on the system refuses
    /// connections, and this program serves those that it has.
    pub(super) async fn close(self, server: &ServerHandle, connected: impl FnOnce()) {
        hold_back_new(SockRef::from(&self.0));
        sleep(HANDSHAKE_TIME).await;
        connected();
        let over = later(Instant::now(), ACCEPT_TIME);
        loop {
            // Before the shutdown, which actix would take for a failure of its listener.
            server.pause().await;
            sleep(MOMENT).await;
            let waiting = self.has_waiting().inspect_err(|error| tracing::debug!(%error, "the listener is not seen"));
            if !waiting.unwrap_or(false) || Instant::now() >= over {
                break;
            }
            server.resume().await;
            sleep(MOMENT).await;
        }
        if let Err(error) = self.0.shutdown(Shutdown::Both) {
            tracing::warn!(%error, "the listener stays open until the workers stop");
        }
    }

    /// Whether somebody is connected whom nobody has accepted.
    fn has_waiting(&self) -> io::Result<bool> {
        let mut listener = mio::net::TcpListener::from_std(self.0.try_clone()?.into());
        let mut poll = Poll::new()?;
        poll.registry().register(&mut listener, Token(0), Interest::READABLE)?;
        let mut events = Events::with_capacity(1);
        poll.poll(&mut events, Some(Duration::ZERO))?;
        Ok(!events.is_empty())
    }
}
