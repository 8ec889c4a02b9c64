//! The writes of the steps.

use std::time::{Duration, Instant};

use qrhook::store::{Outcome, Settled, Store};
use sqlx::Row;

use crate::support::{DONE, PATIENCE, Server, claim, found, handle};

/// The place of a row, and the transaction that changed it last.
async fn versions(server: &Server) -> Vec<String> {
    let mut connection = server.connection().await;
    let rows = sqlx::query("SELECT ctid::text || xmin::text || xmax::text FROM schema_1.qrhook_event ORDER BY key")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn duplicates_write_nothing() {
    let server = Server::start();
    let store = server.fresh().await;
    handle(&store, "handled").await;
    claim(&store, "open").await;
    let before = versions(&server).await;
    for _ in 0..3 {
        assert_eq!(found(&store, "handled").await, DONE);
        assert_eq!(found(&store, "open").await, Outcome::InFlight);
    }
    assert_eq!(versions(&server).await, before);
}

/// A commit that touched an index, or moved to another page, might find no room on a full disk.
#[tokio::test]
async fn a_commit_stays_on_the_page_of_its_claim() {
    let server = Server::start();
    let store = server.fresh().await;
    let mut claims = Vec::new();
    for id in 0..300 {
        claims.push(claim(&store, id).await);
    }
    for claim in &claims {
        assert_eq!(store.commit(claim).await.unwrap(), Settled::Applied);
    }
    let mut connection = server.connection().await;
    let sql = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_all_tables WHERE relname = 'qrhook_event'";
    // Sessions report their statistics within a second, or when they end.
    drop(store);
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        let row = sqlx::query(sql).fetch_one(&mut connection).await.unwrap();
        let (updates, in_place): (i64, i64) = (row.get(0), row.get(1));
        // The commit that is rehearsed when the store connects is counted too.
        if updates >= 300 {
            assert!(in_place >= 290, "{in_place}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server counts no updates");
}
