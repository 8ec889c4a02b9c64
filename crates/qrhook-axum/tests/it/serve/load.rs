//! A deploy while all senders deliver without a pause. No request that is written on an established connection is lost.
//!
//! Everything runs on one thread. Before it writes, a client asks the system, not the runtime, whether its connection
//! is still open, so it knows whether the server had closed it. A proxy does not know that, and need not: the server is
//! in the same state either way.

use std::{
    io::{self, Write},
    mem::MaybeUninit,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use socket2::SockRef;
use tokio::net::TcpStream;

use super::world::{World, ended, request, response, within};

/// The number of deliveries of each client before the deploy, and again after it.
const DELIVERIES: usize = 20;

struct Client {
    sender: &'static str,
    instances: [SocketAddr; 2],
    connection: Option<TcpStream>,
}

impl Client {
    /// Connects to the first instance that listens, as a proxy does.
    async fn connect(&self) -> TcpStream {
        for address in self.instances {
            if let Ok(stream) = TcpStream::connect(address).await {
                return stream;
            }
        }
        panic!("no instance listens");
    }

    /// Delivers on the open connection, or on a new one if the server has closed it.
    async fn deliver(&mut self, number: usize) {
        let request = request(self.sender, number);
        let open = self.connection.take().filter(|stream| {
            let peeked = SockRef::from(stream).peek(&mut [MaybeUninit::uninit()]);
            peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
        });
        let mut stream = match open {
            Some(stream) => stream,
            None => self.connect().await,
        };
        let written = (&*SockRef::from(&stream)).write(&request);
        assert_eq!(written.ok(), Some(request.len()), "{} {number}", self.sender);
        let response = response(&mut stream).await;
        assert!(response.starts_with("HTTP/1.1 204 "), "{} {number}: {response:?}", self.sender);
        if !response.contains("connection: close") {
            self.connection = Some(stream);
        }
    }
}

#[tokio::test]
async fn a_deploy_loses_nothing_and_fails_no_attempt() {
    let world = World::new();
    world.let_through(100_000);
    let first = world.start(|server| server.without_signals()).await;
    let second = world.start(|server| server.without_signals()).await;
    let instances = [first.address, second.address];
    let numbers = Arc::new(AtomicUsize::new(0));
    let (ready, gone) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));

    let mut clients = Vec::new();
    for sender in ["qrstudio", "codeqr", "qrplanet"].repeat(4) {
        let (numbers, ready, gone) = (Arc::clone(&numbers), Arc::clone(&ready), Arc::clone(&gone));
        clients.push(tokio::spawn(async move {
            let mut client = Client { sender, instances, connection: None };
            let mut after = 0;
            for count in 1.. {
                client.deliver(numbers.fetch_add(1, Ordering::SeqCst)).await;
                if count == DELIVERIES {
                    ready.fetch_add(1, Ordering::SeqCst);
                }
                after += usize::from(gone.load(Ordering::SeqCst));
                if after > DELIVERIES {
                    return;
                }
                tokio::task::yield_now().await;
            }
        }));
    }
    within(async {
        while ready.load(Ordering::SeqCst) < clients.len() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(first.ended().await.is_complete());
    gone.store(true, Ordering::SeqCst);
    for client in clients {
        within(client).await.unwrap();
    }
    assert!(ended(second.stop()).await.is_complete());
    let expected: Vec<_> = (0..numbers.load(Ordering::SeqCst)).map(|number| format!("{number:05}")).collect();
    assert_eq!(world.handled(), expected);
}
