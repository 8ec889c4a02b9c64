//! Tests of what cannot be observed from outside.

use std::{
    io,
    str::FromStr,
    sync::{Arc, Mutex},
    time::Duration,
};

use qrhook::store::{Claim, Key, Terms};
use qrhook_test_servers::Postgres;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use crate::{
    parameters::{PARAMETERS, is_known},
    schema, steps,
};

/// The connection breaks after the server has made the claim and before it replies.
#[tokio::test]
async fn a_claim_whose_answer_got_lost_finds_itself() {
    let postgres = Postgres::start();
    let mut connection = PgConnection::connect(&postgres.url()).await.unwrap();
    schema::prepare(&mut connection, true).await.unwrap();
    let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(3600), 0).unwrap();
    let claim = |id: &[u8]| Claim::new(Key::new("qrstudio", "crm-sync", id), terms).unwrap();
    let (ours, others) = (claim(b"evt_1"), claim(b"evt_1"));
    for _ in 0..2 {
        assert_eq!(steps::claim(&ours).fetch_one(&mut connection).await.unwrap(), "acquired");
    }
    assert_eq!(steps::claim(&others).fetch_one(&mut connection).await.unwrap(), "in flight");
    assert_eq!(steps::commit(&ours).fetch_one(&mut connection).await.unwrap(), "settled");
    assert_eq!(steps::claim(&ours).fetch_one(&mut connection).await.unwrap(), "duplicate");
}

/// The driver logs that it ignores an unknown parameter, which shows whether our list matches its own.
#[test]
fn the_known_parameters_are_those_of_the_driver() {
    let is_ignored = |parameter: &str| {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let url = format!("postgres://u:p@localhost/x?{parameter}");
        tracing::subscriber::with_default(subscriber, || PgConnectOptions::from_str(&url)).unwrap();
        String::from_utf8(log.0.lock().unwrap().clone()).unwrap().contains("ignoring unrecognized connect parameter")
    };
    for name in PARAMETERS {
        let value = match name {
            "hostaddr" => "127.0.0.1",
            "port" | "statement-cache-capacity" => "1",
            "sslmode" | "ssl-mode" => "require",
            _ => "x",
        };
        assert!(is_known(name) && !is_ignored(&format!("{name}={value}")), "{name}");
    }
    for name in ["options[search_path]", "options[]"] {
        assert!(is_known(name) && !is_ignored(&format!("{name}=x")), "{name}");
    }
    for name in ["sslpassword", "pasword", "Password", "option", "password ", "connect_timeout", "passfile", "service"]
    {
        assert!(!is_known(name) && is_ignored(&format!("{name}=x")), "{name}");
    }
    assert!(!is_known("options[search_path"));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn durations_are_rounded_up() {
    let cases = [(Duration::from_nanos(1), 1), (Duration::from_micros(7), 7), (Terms::MAX, 315_360_000_000_000)];
    for (duration, micros) in cases {
        assert_eq!(steps::micros(duration), micros);
    }
}
