//! Killed servers, and the records that they keep.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use qrhook::{
    store::{Outcome, Settled, Store, Terms},
    testing::{Step, Subject, in_turns, store_contract},
};
use qrhook_redis::RedisStore;
use qrhook_test_servers::Redis;
use tracing_subscriber::util::SubscriberInitExt;

use crate::support::{DONE, age, claim, connect, found, handle, key, patient, until};

/// This is true for `everysec` as well: everything that the server wrote to its file survives its own crash. A power
/// cut loses what the system had not written to disk, and a crash loses what the server had not written to its file
/// because the disk was slow.
#[tokio::test]
async fn every_acknowledged_step_survives_a_kill() {
    for fsync in ["always", "everysec"] {
        let mut redis = Redis::start_with(&[["appendfsync", fsync]]);
        let store = connect(&redis).await;
        assert!(store.properties().durable);
        for round in 0..3 {
            for number in 0..50 {
                handle(&store, format!("{round}-{number}")).await;
            }
            let live = claim(&store, format!("live {round}")).await;
            until(|| redis.info("aof_buffer_length") == "0");
            redis.kill();
            redis.start_again();
            for number in 0..50 {
                assert_eq!(found(&store, format!("{round}-{number}")).await, DONE, "{fsync}");
            }
            assert_eq!(found(&store, format!("live {round}")).await, Outcome::InFlight, "{fsync}");
            assert_eq!(store.commit(&live).await.unwrap(), Settled::Applied, "{fsync}");
        }
    }
}

#[tokio::test]
async fn a_server_without_a_file_forgets_and_the_store_says_so() {
    let mut redis = Redis::start_with(&[["appendonly", "no"]]);
    let log = Log::default();
    let writer = log.clone();
    let logging = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).set_default();
    let store = connect(&redis).await;
    drop(logging);
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let warnings: Vec<_> = said.lines().filter(|line| line.contains("WARN qrhook_redis")).collect();
    assert!(matches!(warnings[..], [one] if one.contains("appendonly yes")), "{said}");
    assert!(warnings[0].contains(&redis.port().to_string()), "{said}");
    assert!(!said.contains(Redis::PASSWORD), "{said}");
    assert!(!store.properties().durable);
    assert!(store.properties().shared);
    handle(&store, "event").await;
    redis.kill();
    redis.start_again();
    claim(&store, "event").await;
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The store contract, with a crash of the server at every reopening.
#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract_over_crashes() {
    struct Crashing(std::cell::RefCell<Redis>, std::cell::Cell<usize>);

    impl Crashing {
        async fn connect(&self) -> RedisStore {
            let url = self.0.borrow().url();
            patient().with_prefix(format!("qrhook{}:", self.1.get())).connect(&url).await.unwrap()
        }
    }

    impl Subject for Crashing {
        type Store = RedisStore;

        async fn fresh(&self) -> RedisStore {
            self.1.set(self.1.get() + 1);
            self.connect().await
        }

        async fn pass(&self, time: Duration) {
            age(&self.0.borrow(), time);
        }

        async fn reopen(&self, store: RedisStore) -> Option<RedisStore> {
            drop(store);
            self.0.borrow_mut().kill();
            self.0.borrow_mut().start_again();
            Some(self.connect().await)
        }

        async fn another(&self, _store: &RedisStore) -> Option<RedisStore> {
            Some(self.connect().await)
        }

        async fn together(&self, steps: Vec<Step>) {
            in_turns(steps).await;
        }
    }

    store_contract(&Crashing(Redis::start_with(&[["appendfsync", "always"]]).into(), 0.into())).await;
}

/// Time passes while the server is down.
#[tokio::test]
async fn leases_and_retentions_end_while_the_server_is_down() {
    let mut redis = Redis::start();
    let store = connect(&redis).await;
    let short = Duration::from_millis(300);
    let terms = Terms::new(short, short, 0).unwrap();
    let Outcome::Acquired(done) = store.claim(&key("done"), &terms).await.unwrap() else { panic!("it is new") };
    store.commit(&done).await.unwrap();
    store.claim(&key("live"), &terms).await.unwrap();
    redis.stop();
    tokio::time::sleep(short).await;
    redis.start_again();
    claim(&store, "done").await;
    claim(&store, "live").await;
}
