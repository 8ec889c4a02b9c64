//! What cannot be seen from outside.

use std::time::Duration;

use qrhook::store::{Claim, Key, Terms};
use qrhook_test_servers::Postgres;
use sqlx::{Connection, PgConnection};

use crate::{schema, steps};

/// A connection that breaks after the server has taken a claim, and before it says so.
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

#[test]
fn durations_are_rounded_up() {
    let cases = [(Duration::from_nanos(1), 1), (Duration::from_micros(7), 7), (Terms::MAX, 315_360_000_000_000)];
    for (duration, micros) in cases {
        assert_eq!(steps::micros(duration), micros);
    }
}
