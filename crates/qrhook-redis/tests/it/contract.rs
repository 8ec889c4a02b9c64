//! The store contract, on a server and on a cluster.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use qrhook::{
    store::StoreErrorKind,
    testing::{Pace, Step, Subject, store_contract},
};
use qrhook_redis::RedisStore;
use qrhook_test_servers::{Redis, RedisCluster};
use tokio::task::JoinSet;

use crate::support::{age, connect_impatiently, patient};

/// Stores on one server or cluster, each with its own prefix.
struct Prefixes<S> {
    servers: S,
    last: Cell<usize>,
    small: RefCell<Vec<Redis>>,
    gone: RefCell<Vec<S>>,
}

trait Servers {
    fn another(&self) -> Self;
    fn url(&self) -> String;
    fn each(&self) -> impl Iterator<Item = &Redis>;
}

impl Servers for Redis {
    fn another(&self) -> Self {
        Self::start()
    }

    fn url(&self) -> String {
        self.url()
    }

    fn each(&self) -> impl Iterator<Item = &Redis> {
        std::iter::once(self)
    }
}

impl Servers for RedisCluster {
    fn another(&self) -> Self {
        Self::start()
    }

    fn url(&self) -> String {
        self.url()
    }

    fn each(&self) -> impl Iterator<Item = &Redis> {
        self.nodes().iter()
    }
}

impl<S: Servers> Prefixes<S> {
    fn on(servers: S) -> Self {
        Self { servers, last: Cell::new(0), small: RefCell::default(), gone: RefCell::default() }
    }

    async fn connect(&self) -> RedisStore {
        let prefix = format!("qrhook{}:", self.last.get());
        patient().with_prefix(prefix).connect(&self.servers.url()).await.unwrap()
    }
}

impl<S: Servers> Subject for Prefixes<S> {
    type Store = RedisStore;

    async fn fresh(&self) -> RedisStore {
        self.last.set(self.last.get() + 1);
        self.connect().await
    }

    async fn pass(&self, time: Duration) {
        self.servers.each().for_each(|redis| age(redis, time));
        for redis in self.small.borrow().iter() {
            // A full server would not accept the moved lease.
            let limit = redis.info("maxmemory");
            assert_eq!(redis.command(&["CONFIG", "SET", "maxmemory", "0"]), "+OK");
            age(redis, time);
            assert_eq!(redis.command(&["CONFIG", "SET", "maxmemory", &limit]), "+OK");
        }
    }

    /// The server's own memory varies by more than a hundred records need, so it is full only somewhat above `ids`.
    async fn small(&self, ids: usize) -> Option<RedisStore> {
        const BYTES_FOR_AN_ID: usize = 5_000;
        let redis = Redis::start();
        let store = patient().with_prefix("qrhook_small:").connect(&redis.url()).await.unwrap();
        let limit = redis.info("used_memory").parse::<usize>().unwrap() + ids * BYTES_FOR_AN_ID;
        assert_eq!(redis.command(&["CONFIG", "SET", "maxmemory", &limit.to_string()]), "+OK");
        self.small.borrow_mut().push(redis);
        Some(store)
    }

    async fn reopen(&self, store: RedisStore) -> Option<RedisStore> {
        drop(store);
        Some(self.connect().await)
    }

    async fn another(&self, _store: &RedisStore) -> Option<RedisStore> {
        Some(self.connect().await)
    }

    async fn unreachable(&self) -> Vec<(RedisStore, StoreErrorKind)> {
        let [stopped, paused] = [(); 2].map(|()| self.servers.another());
        let stores = [
            (patient().connect(&stopped.url()).await.unwrap(), StoreErrorKind::Unavailable),
            (connect_impatiently(&paused.url()).await, StoreErrorKind::Timeout),
        ];
        drop(stopped);
        paused.each().for_each(Redis::pause);
        self.gone.borrow_mut().push(paused);
        stores.into()
    }

    fn secrets(&self) -> Vec<String> {
        vec![Redis::PASSWORD.to_owned()]
    }

    async fn together(&self, steps: Vec<Step>) {
        steps.into_iter().collect::<JoinSet<()>>().join_all().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract_on_a_server() {
    store_contract(&Prefixes::on(Redis::start())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract_on_a_cluster() {
    store_contract(&Prefixes::on(RedisCluster::start())).await;
}

/// The other tests move the records in time; here real time passes.
#[tokio::test]
async fn keeps_the_contract_while_time_passes() {
    struct Waiting(Prefixes<Redis>);

    impl Subject for Waiting {
        type Store = RedisStore;

        async fn fresh(&self) -> RedisStore {
            self.0.fresh().await
        }

        async fn pass(&self, time: Duration) {
            tokio::time::sleep(time).await;
        }

        fn pace(&self) -> Pace {
            Pace::REAL
        }

        async fn reopen(&self, store: RedisStore) -> Option<RedisStore> {
            self.0.reopen(store).await
        }

        async fn another(&self, store: &RedisStore) -> Option<RedisStore> {
            self.0.another(store).await
        }
    }

    store_contract(&Waiting(Prefixes::on(Redis::start()))).await;
}

#[test]
fn agrees_with_the_model() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    qrhook_test_model::check(100, &Prefixes::on(Redis::start()), |steps| runtime.block_on(steps));
}
