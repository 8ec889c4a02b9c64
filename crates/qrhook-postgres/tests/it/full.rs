//! A server whose disk is full.

use std::error::Error;

use qrhook::store::{Outcome, Settled, Store, StoreErrorKind};
use qrhook_test_servers::Postgres;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::support::{DONE, claim, connect, found, handle, try_claim};

/// Inserts expired records until the disk is full.
async fn fill(connection: &mut PgConnection) {
    let mut next = 0;
    for some in [1000, 100, 10, 1] {
        loop {
            let insert = format!(
                "INSERT INTO qrhook_event
                SELECT decode(md5(n::text), 'hex'), '', true, now() - interval '1 day', now() - interval '1 day', 0
                FROM generate_series({next}, {}) AS n",
                next + some - 1
            );
            match sqlx::raw_sql(AssertSqlSafe(insert)).execute(&mut *connection).await {
                Ok(_) => next += some,
                Err(error) => {
                    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "53100", "{error}");
                    break;
                }
            }
        }
    }
    assert!(next > 5000, "{next}");
}

#[tokio::test]
async fn a_full_disk_refuses_claims_and_forgets_nothing() {
    let postgres = Postgres::start_small();
    let store = connect(&postgres.url()).await;
    handle(&store, "before").await;
    let open = claim(&store, "open").await;
    let mut connection = PgConnection::connect(&postgres.url()).await.unwrap();
    fill(&mut connection).await;

    // The last page may have room for a few more.
    let mut made = Vec::new();
    let refused = loop {
        match try_claim(&store, format!("new {}", made.len())).await {
            Ok(Outcome::Acquired(claim)) => made.push(claim),
            Ok(other) => panic!("{other:?}"),
            Err(refused) => break refused,
        }
        assert!(made.len() < 200, "the disk is not full");
    };
    assert_eq!(refused.kind(), StoreErrorKind::Full, "{refused:?}");
    assert!(refused.source().unwrap().to_string().contains("(SQLSTATE 53100)"), "{refused:?}");
    for id in 0..5 {
        let refused = try_claim(&store, format!("refused {id}")).await.unwrap_err();
        assert_eq!(refused.kind(), StoreErrorKind::Full, "{refused:?}");
    }
    assert_eq!(found(&store, "before").await, DONE);
    assert_eq!(found(&store, "open").await, Outcome::InFlight);

    // A commit finds room on the page of its claim.
    assert_eq!(store.commit(&open).await.unwrap(), Settled::Applied);
    for claim in &made {
        assert_eq!(store.commit(claim).await.unwrap(), Settled::Applied);
    }
    assert_eq!(found(&store, "open").await, DONE);

    // A sweep makes room, once the server has vacuumed.
    assert!(store.sweep(usize::MAX).await.unwrap() > 5000);
    sqlx::raw_sql("VACUUM qrhook_event").execute(&mut connection).await.unwrap();
    for id in 0..500 {
        handle(&store, format!("after {id}")).await;
    }
    for id in ["before", "open"] {
        assert_eq!(found(&store, id).await, DONE);
    }
}
