//! A server with every way in, and a handler that does what the event says.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::{FromRef, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use bytes::Bytes;
use qrhook::{
    MemoryStore, Receiver, Secrets, Verifier,
    qrplanet::QrPlanet,
    qrstudio::{self, QrStudio},
    receiver::ReceiverBuilder,
};
use qrhook_axum::{Claimed, Verified, Webhook, WebhookLayer};
use tokio::net::TcpListener;

use crate::client::SECRET;

pub struct Server {
    pub address: SocketAddr,
    pub receiver: Receiver<QrStudio>,
    pub runs: Arc<AtomicUsize>,
    /// What the last handler of the layer's route saw.
    pub seen: Arc<Mutex<Option<(HeaderMap, Bytes)>>>,
}

#[derive(Clone, FromRef)]
struct App {
    receiver: Receiver<QrStudio>,
    verifier: Verifier<QrStudio>,
    runs: Arc<AtomicUsize>,
    seen: Arc<Mutex<Option<(HeaderMap, Bytes)>>>,
}

impl Server {
    pub async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    pub async fn with(change: impl FnOnce(ReceiverBuilder<QrStudio>) -> ReceiverBuilder<QrStudio>) -> Self {
        let secrets = Secrets::one(SECRET).unwrap();
        let builder = Receiver::builder("test", secrets.clone(), MemoryStore::new());
        let receiver = change(builder).build().unwrap();
        let planet = Receiver::<QrPlanet>::new("planet", secrets, MemoryStore::new()).unwrap();
        let (runs, seen) = Default::default();
        let app = App { receiver: receiver.clone(), verifier: receiver.verifier().clone(), runs, seen };
        let (runs, seen) = (Arc::clone(&app.runs), Arc::clone(&app.seen));
        let router = Router::new()
            .route("/layer", any(layered).layer(WebhookLayer::new(receiver.clone())))
            .route("/planet", any(planet_seen).layer(WebhookLayer::new(planet)))
            .route("/claimed", any(claimed))
            .route("/idle", any(idle))
            .route("/verified", any(verified))
            .route("/bare", any(layered))
            .with_state(app);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, receiver, runs, seen }
    }

    pub fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    /// Waits until the handlers that were started are over.
    pub async fn idle(&self, runs: usize) {
        for _ in 0..1000 {
            if self.runs() == runs {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{} runs instead of {runs}", self.runs());
    }
}

/// Does what the id says, and counts itself at its end.
async fn work(event: &qrstudio::Event, runs: &AtomicUsize) -> Response {
    let id = event.id.as_str();
    if id.starts_with("slow") {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    if id.starts_with("hang") {
        std::future::pending::<()>().await;
    }
    let run = runs.fetch_add(1, Ordering::SeqCst);
    assert!(!id.starts_with("panic") || run > 0, "the handler panicked, as it should in this test");
    match id.split_once('-').map(|(_, status)| status.parse::<u16>()) {
        Some(Ok(status)) if run == 0 => (StatusCode::from_u16(status).unwrap(), "mine").into_response(),
        _ => (StatusCode::OK, "handled").into_response(),
    }
}

async fn layered(
    State(app): State<App>,
    Webhook(delivery): Webhook<QrStudio>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    *app.seen.lock().unwrap() = Some((headers, body));
    work(delivery.event(), &app.runs).await
}

async fn planet_seen(
    State(app): State<App>,
    Webhook(_): Webhook<QrPlanet>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    *app.seen.lock().unwrap() = Some((headers, body));
    StatusCode::NO_CONTENT
}

async fn claimed(State(app): State<App>, claimed: Claimed<QrStudio>) -> Response {
    claimed.handle(move |delivery| async move { work(delivery.event(), &app.runs).await }).await
}

async fn idle(claimed: Claimed<QrStudio>) -> Response {
    tokio::time::sleep(Duration::from_secs(60)).await;
    claimed.handle(|_| async { StatusCode::OK }).await
}

async fn verified(State(app): State<App>, Verified(delivery): Verified<QrStudio>) -> Response {
    work(delivery.event(), &app.runs).await
}
