//! The HTTP server.

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;

use crate::{failure::Failure, hooks::Hooks};

/// A server, bound to its address.
pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Binds an address such as `127.0.0.1:8080`; port 0 takes a free port.
    pub(crate) async fn bind(address: &str) -> Result<Self, Failure> {
        let cannot = |error: io::Error| Failure::failed(format!("cannot listen on {address}: {error}"));
        let listener = TcpListener::bind(address).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        Ok(Self { listener, address })
    }

    /// The address that it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves requests until `stop` completes; then finishes open connections and running handlers.
    pub(crate) async fn run(
        self,
        hooks: Hooks,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Failure> {
        let stopped = hooks.serve(self.listener).with_shutdown(stop).without_signals().await;
        let stopped = stopped.map_err(|error| Failure::failed(format!("cannot serve: {error}")))?;
        match stopped.running.saturating_add(stopped.abandoned) {
            0 => Ok(()),
            left => Err(Failure::failed(format!("{left} events were still being handled at the end"))),
        }
    }
}
