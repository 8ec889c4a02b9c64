//! The store contract, on one server.

use std::{sync::Mutex, time::Duration};

use qrhook::{
    store::StoreErrorKind,
    testing::{Pace, Step, Subject, store_contract},
};
use qrhook_postgres::PostgresStore;
use qrhook_test_servers::Postgres;

use crate::support::{Server, connect, connect_impatiently};

struct Served {
    server: Server,
    /// Whether real time passes, rather than records being moved.
    real: bool,
    /// Servers that were stopped or paused, kept so that they stay that way.
    others: Mutex<Vec<Postgres>>,
}

impl Served {
    fn start(real: bool) -> Self {
        Self { server: Server::start(), real, others: Mutex::default() }
    }
}

impl Subject for Served {
    type Store = PostgresStore;

    async fn fresh(&self) -> PostgresStore {
        self.server.fresh().await
    }

    async fn pass(&self, time: Duration) {
        if self.real {
            tokio::time::sleep(time).await;
        } else {
            self.server.pass(time).await;
        }
    }

    fn pace(&self) -> Pace {
        if self.real { Pace::REAL } else { Pace::BY_HAND }
    }

    async fn reopen(&self, store: PostgresStore) -> Option<PostgresStore> {
        drop(store);
        Some(connect(&self.server.last_url()).await)
    }

    async fn another(&self, _store: &PostgresStore) -> Option<PostgresStore> {
        Some(connect(&self.server.last_url()).await)
    }

    async fn unreachable(&self) -> Vec<(PostgresStore, StoreErrorKind)> {
        let mut stopped = Postgres::start();
        let of_stopped = connect(&stopped.url()).await;
        stopped.stop();
        let paused = Postgres::start();
        let of_paused = connect_impatiently(&paused.url()).await;
        paused.pause();
        self.others.lock().unwrap().extend([stopped, paused]);
        vec![(of_stopped, StoreErrorKind::Unavailable), (of_paused, StoreErrorKind::Timeout)]
    }

    fn secrets(&self) -> Vec<String> {
        vec![Postgres::PASSWORD.to_owned()]
    }

    /// Runs the steps as tasks on the threads of the runtime.
    async fn together(&self, steps: Vec<Step>) {
        let tasks: Vec<_> = steps.into_iter().map(tokio::spawn).collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    store_contract(&Served::start(false)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract_while_real_time_passes() {
    store_contract(&Served::start(true)).await;
}

#[test]
fn agrees_with_the_model() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let served = runtime.block_on(async { Served::start(false) });
    qrhook_test_model::check(40, &served, |steps| runtime.block_on(steps));
}
