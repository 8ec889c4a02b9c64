//! The HTTP server.

use std::{net::SocketAddr, pin::pin, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::net::TcpListener;

use crate::failure::Failure;

/// How long the headers of a request may take, and a connection may be idle.
const HEADER_TIME: Duration = Duration::from_secs(30);

/// How long the open connections get at the end.
const CLOSING_TIME: Duration = Duration::from_secs(5);

/// A server that is bound to its address.
pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Takes an address such as `127.0.0.1:8080`; port 0 is a free one.
    pub(crate) async fn bind(address: &str) -> Result<Self, Failure> {
        let cannot = |error| Failure::failed(format!("cannot listen on {address}: {error}"));
        let listener = TcpListener::bind(address).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        Ok(Self { listener, address })
    }

    /// Where it really listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `stop` is done; then the open ones get some time.
    pub(crate) async fn run(self, router: Router, stop: impl Future<Output = ()>) {
        let connections = GracefulShutdown::new();
        let mut stop = pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut stop => break,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    // Too many open files do not go away at once.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            // A slow answer is worse than a small packet.
            drop(stream.set_nodelay(true));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIME)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
            let connection = connections.watch(connection);
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection broke");
                }
            });
        }
        drop(self.listener);
        if tokio::time::timeout(CLOSING_TIME, connections.shutdown()).await.is_err() {
            tracing::warn!("connections were still open at the end");
        }
    }
}
