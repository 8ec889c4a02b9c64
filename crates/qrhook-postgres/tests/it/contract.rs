//! The contract of the stores, on one server.

use std::{sync::Mutex, time::Duration};

use qrhook::{
    store::StoreErrorKind,
    testing::{Pace, Step, Subject, store_contract},
};
use qrhook_postgres::PostgresStore;
use qrhook_test_servers::Postgres;

use crate::support::{Server, connect};

struct Served {
    server: Server,
    pace: Pace,
    /// Those that were stopped or paused, which have to stay so.
    others: Mutex<Vec<Postgres>>,
}

impl Served {
    fn start(pace: Pace) -> Self {
        Self { server: Server::start(), pace, others: Mutex::default() }
    }
}

impl Subject for Served {
    type Store = PostgresStore;

    async fn fresh(&self) -> PostgresStore {
        self.server.fresh().await
    }

    async fn pass(&self, time: Duration) {
        if self.pace == Pace::REAL {
            tokio::time::sleep(time).await;
        } else {
            self.server.pass(time).await;
        }
    }

    fn pace(&self) -> Pace {
        self.pace
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
        let of_paused = connect(&paused.url()).await;
        paused.pause();
        self.others.lock().unwrap().extend([stopped, paused]);
        vec![(of_stopped, StoreErrorKind::Unavailable), (of_paused, StoreErrorKind::Timeout)]
    }

    fn secrets(&self) -> Vec<String> {
        vec![Postgres::PASSWORD.to_owned()]
    }

    /// As tasks on the threads of the runtime.
    async fn together(&self, steps: Vec<Step>) {
        let tasks: Vec<_> = steps.into_iter().map(tokio::spawn).collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    store_contract(&Served::start(Pace::BY_HAND)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract_while_real_time_passes() {
    store_contract(&Served::start(Pace::REAL)).await;
}

#[test]
fn agrees_with_the_model() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let served = runtime.block_on(async { Served::start(Pace::BY_HAND) });
    qrhook_test_model::check(40, &served, |steps| runtime.block_on(steps));
}
