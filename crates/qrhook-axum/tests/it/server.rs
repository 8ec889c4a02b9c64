//! A server whose handlers keep the request that they saw.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use bytes::Bytes;
use qrhook::{
    MemoryStore, Provider, Receiver, Secrets, Store, qrplanet::QrPlanet, qrstudio::QrStudio, receiver::ReceiverBuilder,
};
use qrhook_axum::{Webhook, WebhookLayer};
use tokio::net::TcpListener;

use crate::client::SECRET;

/// The headers and the body that the last handler saw.
pub type Seen = Arc<Mutex<Option<(HeaderMap, Bytes)>>>;

pub struct Server {
    pub address: SocketAddr,
    pub seen: Seen,
}

impl Server {
    pub async fn start() -> Self {
        let seen = Seen::default();
        let router = Router::new()
            .route("/layer", post(see::<QrStudio>).layer(WebhookLayer::new(receiver::<QrStudio>())))
            .route("/planet", post(see::<QrPlanet>).layer(WebhookLayer::new(receiver::<QrPlanet>())))
            .route("/bare", post(see::<QrStudio>))
            .with_state(Arc::clone(&seen));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, seen }
    }
}

/// The limit after which a test counts as hung.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A receiver with limits that do not run out on a busy machine.
pub fn builder<P: Provider + Default>(store: impl Store) -> ReceiverBuilder<P> {
    Receiver::builder("test", Secrets::one(SECRET).unwrap(), store)
        .with_body_time(PATIENCE)
        .with_store_time(PATIENCE)
        .with_handler_limit(PATIENCE)
        .with_deadline(PATIENCE.saturating_mul(2))
        .with_lease(PATIENCE.saturating_mul(4))
}

pub fn receiver<P: Provider + Default>() -> Receiver<P> {
    builder(MemoryStore::new()).build().unwrap()
}

async fn see<P: Provider + Default>(
    State(seen): State<Seen>,
    _: Webhook<P>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    *seen.lock().unwrap() = Some((headers, body));
    StatusCode::NO_CONTENT
}
