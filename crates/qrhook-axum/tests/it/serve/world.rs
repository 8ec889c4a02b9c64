//! A server whose handlers record the events that they handle. Those of CodeQR wait at a gate.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use qrhook::{MemoryStore, Provider, Receiver, Secrets, codeqr::CodeQr, qrplanet::QrPlanet, qrstudio::QrStudio};
use qrhook_axum::{Serve, Stopped, Webhook, WebhookLayer, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, oneshot},
    task::JoinHandle,
};

use crate::client::SECRET;

/// The limit after which a test counts as hung.
const PATIENCE: Duration = Duration::from_secs(120);

/// The state that the handlers of several servers share.
#[derive(Clone)]
pub struct World {
    handled: Arc<Mutex<Vec<String>>>,
    begun: Arc<Semaphore>,
    gate: Arc<Semaphore>,
}

pub struct Running {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<Stopped>>,
}

impl World {
    pub fn new() -> Self {
        Self { handled: Arc::default(), begun: Arc::new(Semaphore::new(0)), gate: Arc::new(Semaphore::new(0)) }
    }

    /// Lets this many handlers of CodeQR pass the gate.
    pub fn let_through(&self, handlers: usize) {
        self.gate.add_permits(handlers);
    }

    /// Waits until one more handler of CodeQR has started.
    pub async fn begun(&self) {
        self.begun.acquire().await.unwrap().forget();
    }

    /// Returns the names of the handled events, sorted.
    pub fn handled(&self) -> Vec<String> {
        let mut handled = self.handled.lock().unwrap().clone();
        handled.sort();
        handled
    }

    pub async fn wait_for(&self, count: usize) {
        within(async {
            while self.handled().len() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }

    pub async fn start(&self, set: impl FnOnce(Serve<Router>) -> Serve<Router>) -> Running {
        self.start_on(TcpListener::bind("127.0.0.1:0").await.unwrap(), set)
    }

    pub fn start_on(&self, listener: TcpListener, set: impl FnOnce(Serve<Router>) -> Serve<Router>) -> Running {
        let receivers = (receiver::<QrStudio>(), receiver::<CodeQr>(), receiver::<QrPlanet>());
        let app = Router::new()
            .route("/healthz", get(|| async { "ok" }))
            .route("/qrstudio", self.hook(&receivers.0))
            .route("/codeqr", self.hook(&receivers.1))
            .route("/qrplanet", self.hook(&receivers.2));
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = serve(listener, app)
            .with_receiver(&receivers.0)
            .with_receiver(&receivers.1)
            .with_receiver(&receivers.2)
            .with_drain_time(PATIENCE)
            .with_shutdown(async { drop(stopped.await) });
        let serving = tokio::spawn(set(server).into_future());
        Running { address, stop, serving }
    }

    fn hook<P: Provider + Default>(&self, receiver: &Receiver<P>) -> axum::routing::MethodRouter {
        post(handle::<P>).layer(WebhookLayer::new(receiver.clone())).with_state(self.clone())
    }
}

/// A receiver with deadlines that do not matter, however slow the machine is.
fn receiver<P: Provider + Default>() -> Receiver<P> {
    let builder = Receiver::builder("test", Secrets::one(SECRET).unwrap(), MemoryStore::new());
    let builder = builder.with_deadline(PATIENCE).with_body_time(PATIENCE).with_store_time(PATIENCE);
    builder.with_handler_limit(PATIENCE).with_lease(PATIENCE.saturating_mul(4)).build().unwrap()
}

async fn handle<P: Provider + Default>(State(world): State<World>, Webhook(delivery): Webhook<P>) -> StatusCode {
    if P::default().name() == "codeqr" {
        world.begun.add_permits(1);
        world.gate.acquire().await.unwrap().forget();
    }
    let text = String::from_utf8_lossy(delivery.raw()).into_owned();
    let name = text.split("event-").nth(1).unwrap();
    let end = name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len());
    world.handled.lock().unwrap().push(name[..end].to_owned());
    StatusCode::NO_CONTENT
}

impl Running {
    /// Tells the server to end.
    pub fn stop(self) -> JoinHandle<io::Result<Stopped>> {
        drop(self.stop);
        self.serving
    }

    pub async fn ended(self) -> Stopped {
        ended(self.stop()).await
    }

    /// Returns the server's task, for an end that the caller starts in another way.
    pub fn serving(self) -> JoinHandle<io::Result<Stopped>> {
        std::mem::forget(self.stop);
        self.serving
    }
}

pub async fn ended(serving: JoinHandle<io::Result<Stopped>>) -> Stopped {
    within(serving).await.unwrap().unwrap()
}

/// Panics if the work hangs.
pub async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("the work hangs")
}

/// Returns the sender's body for an event with this number.
pub fn body(sender: &str, number: usize) -> String {
    let number = format!("event-{number:05}");
    match sender {
        "qrstudio" => format!(r#"{{"type":"scan.created","id":"{number}","data":{{}}}}"#),
        "codeqr" => format!(r#"{{"event":"link.created","id":"{number}","data":{{}}}}"#),
        _ => format!("event=LEAD_CREATED&name={number}"),
    }
}

/// Returns a signed request to this sender's hook, which leaves the connection open.
pub fn request(sender: &str, number: usize) -> Vec<u8> {
    let body = body(sender, number);
    let signed = match sender {
        "qrstudio" => crate::client::signed::<QrStudio>("/qrstudio", body),
        "codeqr" => crate::client::signed::<CodeQr>("/codeqr", body),
        _ => crate::client::signed::<QrPlanet>("/qrplanet", body),
    };
    String::from_utf8(signed).unwrap().replacen("connection: close\r\n", "", 1).into_bytes()
}

/// Sends a request on an open connection, and returns the head of its response, or an empty string if there is none.
pub async fn exchange(stream: &mut TcpStream, request: &[u8]) -> String {
    drop(stream.write_all(request).await);
    response(stream).await
}

/// Reads the head of a response without a body.
pub async fn response(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let reading = async {
        let mut byte = [0];
        while !text.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await.is_ok_and(|count| count > 0) {
            text.extend(byte);
        }
    };
    within(reading).await;
    String::from_utf8(text).unwrap()
}

/// Reads until the server has closed the connection.
pub async fn closed(stream: &mut TcpStream) -> Vec<u8> {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    within(async {
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            text.extend_from_slice(&buffer[..count]);
        }
    })
    .await;
    text
}
