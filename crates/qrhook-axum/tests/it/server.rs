//! A server whose handlers keep what they saw.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use bytes::Bytes;
use qrhook::{MemoryStore, Provider, Receiver, Secrets, qrplanet::QrPlanet, qrstudio::QrStudio};
use qrhook_axum::{Webhook, WebhookLayer};
use tokio::net::TcpListener;

use crate::client::SECRET;

/// What the last handler saw.
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

pub fn receiver<P: Provider>() -> Receiver<P> {
    Receiver::new("test", Secrets::one(SECRET).unwrap(), MemoryStore::new()).unwrap()
}

async fn see<P: Provider>(State(seen): State<Seen>, _: Webhook<P>, headers: HeaderMap, body: Bytes) -> StatusCode {
    *seen.lock().unwrap() = Some((headers, body));
    StatusCode::NO_CONTENT
}
