//! The end of a server: actix drops handlers that are still running on a worker.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, rt::System, web};
use qrhook::{Receiver, UnixTime, qrstudio::QrStudio, testing};
use qrhook_actix::{Webhook, WebhookMiddleware};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
};

use crate::request::{PATIENCE, SECRET, receiver};

/// A server on a separate thread. Its handlers wait at a gate.
struct Server {
    address: SocketAddr,
    receiver: Receiver<QrStudio>,
    handle: ServerHandle,
    thread: JoinHandle<()>,
    gate: Arc<Semaphore>,
    runs: Arc<AtomicUsize>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (receiver, gate, runs) = (receiver(), Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let (hook, state) = (receiver.clone(), (Arc::clone(&gate), Arc::clone(&runs)));
        let (handles, handle) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let app = move || {
                let (gate, runs) = state.clone();
                let on_event = move |_: Webhook<QrStudio>| {
                    let (gate, runs) = (Arc::clone(&gate), Arc::clone(&runs));
                    async move {
                        runs.fetch_add(1, Ordering::SeqCst);
                        gate.acquire().await.unwrap().forget();
                        HttpResponse::NoContent().finish()
                    }
                };
                let hook = WebhookMiddleware::new(hook.clone());
                App::new().service(web::resource("/").route(web::post().to(on_event)).wrap(hook))
            };
            System::new().block_on(async {
                let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
                handles.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self { address, receiver, handle: handle.recv().unwrap(), thread, gate, runs }
    }

    /// Sends an event, and waits until its handler runs.
    async fn begin(&self) -> TcpStream {
        let body = r#"{"type":"scan.created","id":"evt_1","data":{}}"#;
        let request = testing::sign::<QrStudio>(SECRET, body, UnixTime::now());
        let signature = request.headers["x-qrstudio-signature"].to_str().unwrap();
        let length = body.len();
        let text = format!(
            "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\
             x-qrstudio-signature: {signature}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        while self.runs.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        stream
    }
}

#[actix_web::test]
async fn a_drain_before_the_stop_loses_nothing() {
    let server = Server::start();
    let mut client = server.begin().await;
    let receiver = server.receiver.clone();
    let drain = actix_web::rt::spawn(async move { receiver.drain(PATIENCE).await });
    server.gate.add_permits(1);
    let drained = drain.await.unwrap();
    assert!(drained.is_complete(), "{drained:?}");
    server.handle.stop(true).await;
    server.thread.join().unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
}

#[actix_web::test]
async fn a_stop_without_a_drain_is_not_taken_for_a_success() {
    let server = Server::start();
    let _client = server.begin().await;
    server.handle.stop(false).await;
    server.thread.join().unwrap();
    let drained = server.receiver.drain(PATIENCE).await;
    assert_eq!((drained.running, drained.abandoned), (0, 1));
    assert!(!drained.is_complete());
}
