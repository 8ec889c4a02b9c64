//! The content of the log.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use qrhook::store::Store;
use qrhook_test_servers::Postgres;
use tracing::{Level, subscriber::DefaultGuard};

use crate::support::{claim, connect, found, handle, key, patient, try_claim};

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Records everything that is logged on this thread.
    pub(crate) fn start() -> (Self, DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber =
            tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(move || writer.clone()).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn neither_the_password_nor_an_event_is_logged() {
    let mut postgres = Postgres::start();
    let (log, _guard) = Log::start();
    let wrong = postgres.url().replace(Postgres::PASSWORD, "pass-word");
    patient().connect(&wrong).await.unwrap_err();
    let store = connect(&postgres.url()).await;
    handle(&store, "evt_1").await;
    found(&store, "evt_1").await;
    let open = claim(&store, "evt_2").await;
    store.release(&open).await.unwrap();
    store.sweep(10).await.unwrap();
    postgres.kill();
    let mut said = format!("{:?}", try_claim(&store, "evt_1").await.unwrap_err());
    said.push_str(&log.text());
    for secret in [Postgres::PASSWORD, "pass-word", "evt_", &key("evt_1").to_string(), "qrhook_event"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_acknowledged_is_warned_of() {
    let (log, _guard) = Log::start();
    let careless = Postgres::start_with(&[["fsync", "off"]]);
    let store = connect(&careless.url()).await;
    handle(&store, "evt_1").await;
    assert_eq!(log.text().matches("WARN").count(), 1, "{}", log.text());
    assert!(log.text().contains("fsync=off"), "{}", log.text());

    let (log, _guard) = Log::start();
    connect(&Postgres::start().url()).await;
    assert_eq!(log.text().matches("WARN").count(), 0, "{}", log.text());
}
