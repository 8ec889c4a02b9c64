//! A program with one hook for each sender, and its clients.

use std::{
    future::ready,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, body::BoxBody, dev::ServiceResponse, error::ErrorImATeapot, rt::System, web};
use qrhook::{
    MemoryStore, Provider, Receiver, Secrets, UnixTime, codeqr::CodeQr, qrplanet::QrPlanet, qrstudio::QrStudio, testing,
};
use qrhook_actix::{Serve, Stopped, Webhook, WebhookMiddleware, serve};
use socket2::SockRef;
use tokio::sync::{Semaphore, oneshot};

const SECRET: &str = "whsec_serve_tests";

/// A limit that only ends a hang.
const LIMIT: Duration = Duration::from_secs(60);

/// A time that no test reaches.
const LONG: Duration = Duration::from_secs(300);

/// A program that serves `/qrstudio`, `/codeqr` and `/qrplanet`. Its handlers wait at a gate.
pub struct Program {
    pub address: SocketAddr,
    stop: Mutex<Option<oneshot::Sender<()>>>,
    thread: JoinHandle<Stopped>,
    gate: Arc<Semaphore>,
    runs: Arc<AtomicUsize>,
}

impl Program {
    /// Starts a program with the gate open.
    pub fn start() -> Self {
        Self::with(|serve| serve, Semaphore::MAX_PERMITS)
    }

    pub fn with(settings: impl FnOnce(Serve) -> Serve + Send + 'static, places: usize) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), settings, places)
    }

    pub fn on(listener: TcpListener, settings: impl FnOnce(Serve) -> Serve + Send + 'static, places: usize) -> Self {
        let address = listener.local_addr().unwrap();
        let (gate, runs) = (Arc::new(Semaphore::new(places)), Arc::new(AtomicUsize::new(0)));
        let (stop, stopped) = oneshot::channel();
        let state = web::Data::new((Arc::clone(&gate), Arc::clone(&runs)));
        let thread = thread::spawn(move || {
            let (studio, code, planet) = (receiver::<QrStudio>(), receiver::<CodeQr>(), receiver::<QrPlanet>());
            let hooks = (studio.clone(), code.clone(), planet.clone());
            let app = move || {
                let (studio, code, planet) = hooks.clone();
                App::new().app_data(state.clone()).configure(|app| {
                    hook(app, "/qrstudio", studio);
                    hook(app, "/codeqr", code);
                    hook(app, "/qrplanet", planet);
                    // More than the buffers hold for a client that does not read.
                    app.route("/large", web::get().to(async || vec![0_u8; 64 << 20]));
                    // A middleware that fails. The server turns its error into a response.
                    app.service(
                        web::scope("/fails")
                            .wrap_fn(|_, _| ready(Err::<ServiceResponse<BoxBody>, _>(ErrorImATeapot("fails")))),
                    );
                })
            };
            let serve = serve(listener, app).with_workers(2).without_signals();
            let serve = serve.with_receiver(&studio).with_receiver(&code).with_receiver(&planet);
            let serve = serve.with_shutdown(async move { drop(stopped.await) });
            System::new().block_on(settings(serve).into_future()).unwrap()
        });
        Self { address, stop: Mutex::new(Some(stop)), thread, gate, runs }
    }

    /// Tells the program to end.
    pub fn stop(&self) {
        self.stop.lock().unwrap().take().unwrap().send(()).unwrap();
    }

    pub fn ended(self) -> Stopped {
        wait("the program has not ended", || self.thread.is_finished());
        self.thread.join().unwrap()
    }

    /// Lets this many handlers pass the gate.
    pub fn open(&self, places: usize) {
        self.gate.add_permits(places);
    }

    /// Returns the number of handlers that have started.
    pub fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    /// Waits until the program refuses connections.
    pub fn wait_until_closed(&self) {
        wait(
            "the program still listens",
            || matches!(TcpStream::connect(self.address), Err(error) if error.kind() == io::ErrorKind::ConnectionRefused),
        );
    }
}

fn receiver<P: Provider + Default>() -> Receiver<P> {
    // The default limits could run out on a busy machine.
    Receiver::builder("serve", Secrets::one(SECRET).unwrap(), MemoryStore::new())
        .with_body_time(LONG)
        .with_deadline(LONG)
        .with_handler_limit(LONG)
        .with_lease(LONG.saturating_mul(4))
        .build()
        .unwrap()
}

fn hook<P: Provider + Default>(app: &mut web::ServiceConfig, path: &str, receiver: Receiver<P>) {
    let hook = web::resource(path).route(web::post().to(on_event::<P>));
    app.service(hook.wrap(WebhookMiddleware::new(receiver)));
}

async fn on_event<P: Provider + Default>(
    state: web::Data<(Arc<Semaphore>, Arc<AtomicUsize>)>,
    _: Webhook<P>,
) -> HttpResponse {
    state.1.fetch_add(1, Ordering::SeqCst);
    let _passed = state.0.acquire().await.unwrap();
    HttpResponse::NoContent().finish()
}

/// A sender: a function that returns its request for an event.
pub type Sender = fn(usize) -> Vec<u8>;

pub const SENDERS: [(&str, Sender); 3] = [("QR Studio", studio), ("CodeQR", code), ("QR Planet", planet)];

pub fn studio(id: usize) -> Vec<u8> {
    request::<QrStudio>("/qrstudio", format!(r#"{{"type":"scan.created","id":"evt_{id}","data":{{}}}}"#))
}

fn code(id: usize) -> Vec<u8> {
    request::<CodeQr>("/codeqr", format!(r#"{{"event":"link.clicked","id":"evt_{id}","data":{{}}}}"#))
}

pub fn planet(id: usize) -> Vec<u8> {
    request::<QrPlanet>("/qrplanet", format!("event=VOUCHER_REDEEMED&status=SUCCESS&uniqueid={id}"))
}

fn request<P: Provider + Default>(path: &str, body: String) -> Vec<u8> {
    let signed = testing::sign::<P>(SECRET, body, UnixTime::now());
    let lines = signed.headers.iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
    let (lines, length) = (lines.collect::<String>(), signed.body.len());
    let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n{lines}\r\n");
    [head.as_bytes(), &signed.body].concat()
}

/// A client's connection, kept open as long as the server allows.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(LIMIT))?;
        Ok(Self(BufReader::new(stream)))
    }

    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    /// Resets the connection, like a client that crashes.
    pub fn reset(self) {
        SockRef::from(self.0.get_ref()).set_linger(Some(Duration::ZERO)).unwrap();
    }

    /// Waits for the start of a response, and leaves it unread.
    pub fn peek(&mut self) {
        assert!(!self.0.fill_buf().unwrap().is_empty());
    }

    /// Returns the status of the next response, and whether it is the last one.
    pub fn receive(&mut self) -> io::Result<(u16, bool)> {
        let (mut status, mut last, mut length) = (0, false, 0);
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end().to_lowercase();
            match line.split_once(' ') {
                Some(("http/1.1", rest)) => status = rest[..3].parse().unwrap(),
                Some(("connection:", value)) => last = value == "close",
                Some(("content-length:", value)) => length = value.parse().unwrap(),
                _ => {}
            }
            if line.is_empty() {
                self.0.read_exact(&mut vec![0; length])?;
                return Ok((status, last));
            }
        }
    }
}

/// Waits until `done` returns true, and panics with `otherwise` if that takes too long.
pub fn wait(otherwise: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < LIMIT, "{otherwise}");
        thread::sleep(Duration::from_millis(2));
    }
}
