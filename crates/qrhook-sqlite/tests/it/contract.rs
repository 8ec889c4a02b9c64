//! The store contract, each time on a file of its own.

use std::sync::atomic::{AtomicUsize, Ordering};

use qrhook::testing::{ByHand, ManualClock, Step, Subject, block_on, by_hand, in_turns, store_contract};
use qrhook_sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

use crate::support::patient;

fn files() -> (TempDir, ByHand<SqliteStore>) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    let next = AtomicUsize::new(0);
    let create = move |options: SqliteOptions| {
        options.open(root.join(format!("{}.db", next.fetch_add(1, Ordering::Relaxed)))).unwrap()
    };
    let create = std::sync::Arc::new(create);
    let create_small = std::sync::Arc::clone(&create);
    let with = |clock: ManualClock| patient().with_clock(clock);
    let subject = by_hand(move |clock| create(with(clock)))
        .with_small(move |clock, ids| create_small(with(clock).with_max_bytes(u64::try_from(ids).unwrap() * 256)))
        .with_reopen(move |clock, store| {
            let path = store.path().to_owned();
            drop(store);
            with(clock).open(path).unwrap()
        });
    (folder, subject)
}

#[test]
fn keeps_the_contract_on_threads() {
    let (_folder, subject) = files();
    block_on(store_contract(&subject));
}

#[tokio::test]
async fn keeps_the_contract_as_tasks_of_a_runtime() {
    let (_folder, subject) = files();
    store_contract(&Tasks(subject)).await;
}

#[test]
fn agrees_with_the_model() {
    let (_folder, subject) = files();
    qrhook_test_model::check(100, &subject, |steps| block_on(steps));
}

/// The same with steps that take turns on one task, as in a program with one runtime thread.
struct Tasks(ByHand<SqliteStore>);

impl Subject for Tasks {
    type Store = SqliteStore;

    async fn fresh(&self) -> SqliteStore {
        self.0.fresh().await
    }

    async fn pass(&self, time: std::time::Duration) {
        self.0.pass(time).await;
    }

    async fn small(&self, ids: usize) -> Option<SqliteStore> {
        self.0.small(ids).await
    }

    async fn reopen(&self, store: SqliteStore) -> Option<SqliteStore> {
        self.0.reopen(store).await
    }

    async fn together(&self, steps: Vec<Step>) {
        in_turns(steps).await;
    }
}
