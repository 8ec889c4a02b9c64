//! A proxy to a server that can be redirected, cut and blocked.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use qrhook_test_servers::Redis;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// A proxy to a server.
#[derive(Clone)]
pub(crate) struct Way {
    port: u16,
    state: Arc<State>,
}

struct State {
    target: AtomicU16,
    connections: AtomicUsize,
    /// The connections up to this number stay open but no longer carry anything.
    blocked: AtomicUsize,
    loses_an_answer: AtomicBool,
    /// The delay of every reply, in milliseconds.
    delay: AtomicU64,
}

impl Way {
    pub(crate) async fn to(redis: &Redis) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let state = State {
            target: redis.port().into(),
            connections: 0.into(),
            blocked: 0.into(),
            loses_an_answer: false.into(),
            delay: 0.into(),
        };
        let way = Self { port: listener.local_addr().unwrap().port(), state: Arc::new(state) };
        tokio::spawn(way.clone().serve(listener));
        way
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://:{}@127.0.0.1:{}", Redis::PASSWORD, self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The number of connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(SeqCst)
    }

    /// Directs new connections to another server. The old ones stay.
    pub(crate) fn lead_to(&self, redis: &Redis) {
        self.state.target.store(redis.port(), SeqCst);
    }

    /// Blocks all existing connections, as if the machine behind them were gone: nothing comes back, not even the end
    /// of the connection.
    pub(crate) fn block(&self) {
        self.state.blocked.store(self.connections(), SeqCst);
    }

    /// Delays every reply by this time.
    pub(crate) fn slow_down(&self, time: Duration) {
        self.state.delay.store(time.as_millis().try_into().unwrap(), SeqCst);
    }

    /// Cuts the connection that carries the next reply, before the reply is sent.
    pub(crate) fn lose_an_answer(&self) {
        self.state.loses_an_answer.store(true, SeqCst);
    }

    async fn serve(self, listener: TcpListener) {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            let number = self.state.connections.fetch_add(1, SeqCst) + 1;
            let Ok(server) = TcpStream::connect(("127.0.0.1", self.state.target.load(SeqCst))).await else { continue };
            let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
            let way = self.clone();
            tokio::spawn(async move {
                tokio::select! {
                    () = way.carry(number, from_client, to_server, false) => {}
                    () = way.carry(number, from_server, to_client, true) => {}
                }
            });
        }
    }

    async fn carry(&self, number: usize, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, answers: bool) {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            if number <= self.state.blocked.load(SeqCst) {
                return std::future::pending().await;
            }
            if answers && self.state.loses_an_answer.swap(false, SeqCst) {
                return;
            }
            if answers {
                tokio::time::sleep(Duration::from_millis(self.state.delay.load(SeqCst))).await;
            }
            if to.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    }
}
