//! Closing the listener without losing a connection.

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

/// The number of connections that may wait to be accepted: that of actix's own `bind`. The standard library uses 128.
const BACKLOG: i32 = 1024;

/// The time that actix gets to stop or resume accepting.
const MOMENT: Duration = Duration::from_millis(20);

/// The longest time that connections may wait for a worker at the end. By then, the time limit for headers has cut the
/// connections that keep the workers busy without a request, and most handlers are done.
const ACCEPT_TIME: Duration = Duration::from_secs(10);

/// A second handle of the socket that actix listens on. Actix closes its own handle only when its workers stop, and
/// then drops the connections that are not accepted yet.
#[derive(Debug)]
pub(super) struct Listening(Socket);

impl Listening {
    pub(super) fn new(listener: &TcpListener) -> io::Result<Self> {
        let socket = Socket::from(listener.try_clone()?);
        // On a socket that already listens, this changes only the backlog.
        socket.listen(BACKLOG)?;
        Ok(Self(socket))
    }

    /// Stops accepting. New connections wait for the other process that holds the socket.
    pub(super) async fn pause(self, server: &ServerHandle) {
        server.pause().await;
        // Connections that were accepted before still need to reach a worker.
        sleep(HANDSHAKE_TIME).await;
    }

    /// Closes the listener when every established connection has reached a worker. From then on, the system refuses new
    /// connections, and this program serves the ones that it has.
    pub(super) async fn close(self, server: &ServerHandle, connected: impl FnOnce()) {
        hold_back_new(SockRef::from(&self.0));
        sleep(HANDSHAKE_TIME).await;
        connected();
        let over = later(Instant::now(), ACCEPT_TIME);
        loop {
            // Paused first, because actix would take the shutdown for a failure of its listener.
            server.pause().await;
            sleep(MOMENT).await;
            let waiting =
                self.has_waiting().inspect_err(|error| tracing::debug!(%error, "the listener cannot be checked"));
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

    /// Whether a connection waits to be accepted.
    fn has_waiting(&self) -> io::Result<bool> {
        let mut listener = mio::net::TcpListener::from_std(self.0.try_clone()?.into());
        let mut poll = Poll::new()?;
        poll.registry().register(&mut listener, Token(0), Interest::READABLE)?;
        let mut events = Events::with_capacity(1);
        poll.poll(&mut events, Some(Duration::ZERO))?;
        Ok(!events.is_empty())
    }
}
