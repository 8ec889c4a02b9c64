//! Clients that can misbehave.

mod http1;
mod http2;

use std::time::Duration;

use crate::{
    scenario::{Leave, Request},
    surface::Server,
};

/// The parts of a response that the suite compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    pub retry_after: Option<String>,
    pub allow: Option<String>,
    /// A header that only the suite's own servers add.
    pub reason: Option<String>,
}

/// The time limit for everything. Anything that takes longer counts as hung.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// A request in flight.
pub enum Exchange {
    Http1(http1::Exchange),
    Http2(http2::Exchange),
}

impl Exchange {
    pub async fn begin(server: &Server, request: &Request) -> Self {
        let Server { address, http2, path, .. } = server;
        let request = request.clone().endpoint(path.unwrap_or(request.endpoint));
        if *http2 {
            Self::Http2(http2::Exchange::begin(*address, &request).await)
        } else {
            Self::Http1(http1::Exchange::begin(*address, &request).await)
        }
    }

    /// Returns the response, or `None` if the connection or stream ended without one.
    pub async fn answer(self) -> Option<Answer> {
        match self {
            Self::Http1(exchange) => exchange.answer().await,
            Self::Http2(exchange) => exchange.answer().await,
        }
    }

    /// Leaves. Returns the exchange if it can still wait for the response.
    pub async fn leave(self, how: Leave) -> Option<Self> {
        match self {
            Self::Http1(exchange) => exchange.leave(how).await.map(Self::Http1),
            Self::Http2(exchange) => exchange.leave(how).await.map(Self::Http2),
        }
    }
}
