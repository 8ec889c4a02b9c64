//! Missing rights are found when a store connects.

use std::error::Error;

use qrhook_postgres::{ConnectError, PostgresStore};
use qrhook_test_servers::Postgres;

use crate::support::{Server, connect, handle};

const USER: &str = "the_program";

/// The URL of a schema with tables, for a user who has all the rights that the store needs.
async fn url(server: &Server) -> String {
    let url = server.fresh_url().await;
    drop(connect(&url).await);
    server
        .execute(&format!(
            "CREATE ROLE {USER} LOGIN PASSWORD 'pass-word'; GRANT USAGE ON SCHEMA schema_1 TO {USER};
            GRANT SELECT, INSERT, UPDATE, DELETE ON schema_1.qrhook_event TO {USER};
            GRANT SELECT ON schema_1.qrhook_schema TO {USER};"
        ))
        .await;
    url.replace(&format!("qrhook:{}", Postgres::PASSWORD), &format!("{USER}:pass-word"))
}

/// Returns the missing rights that the error lists.
async fn missing(url: &str) -> String {
    match PostgresStore::connect(url).await.unwrap_err() {
        error @ ConnectError::MissingPrivilege { .. } => error.source().unwrap().to_string(),
        error => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn each_right_to_a_table_is_named() {
    let server = Server::start();
    let url = url(&server).await;
    let rights = [
        ("SELECT", "qrhook_event"),
        ("INSERT", "qrhook_event"),
        ("UPDATE", "qrhook_event"),
        ("DELETE", "qrhook_event"),
        ("SELECT", "qrhook_schema"),
    ];
    for (right, table) in rights {
        server.execute(&format!("REVOKE {right} ON schema_1.{table} FROM {USER}")).await;
        assert_eq!(missing(&url).await, format!("the user lacks {right} on {table}"));
        server.execute(&format!("GRANT {right} ON schema_1.{table} TO {USER}")).await;
    }
    server.execute(&format!("REVOKE INSERT, DELETE ON schema_1.qrhook_event FROM {USER}")).await;
    assert_eq!(missing(&url).await, "the user lacks INSERT on qrhook_event, DELETE on qrhook_event");
}

#[tokio::test]
async fn what_only_the_statements_find_out() {
    let server = Server::start();
    let url = url(&server).await;
    let connected = connect(&url).await;
    handle(&connected, 1).await;

    server.execute("REVOKE EXECUTE ON FUNCTION pg_try_advisory_xact_lock(bigint) FROM PUBLIC").await;
    let said = missing(&url).await;
    assert!(said.contains("pg_try_advisory_xact_lock") && said.contains("42501"), "{said}");
    server.execute("GRANT EXECUTE ON FUNCTION pg_try_advisory_xact_lock(bigint) TO PUBLIC").await;

    server.execute("ALTER TABLE schema_1.qrhook_event ENABLE ROW LEVEL SECURITY").await;
    let said = missing(&url).await;
    assert!(said.contains("row-level security"), "{said}");

    // Each of these statements is allowed but has no effect.
    server.execute("CREATE POLICY may ON schema_1.qrhook_event USING (true)").await;
    drop(connect(&url).await);
    for (name, kind) in [("commits", "UPDATE"), ("releases", "DELETE")] {
        server
            .execute(&format!("CREATE POLICY {name} ON schema_1.qrhook_event AS RESTRICTIVE FOR {kind} USING (false)"))
            .await;
        let said = missing(&url).await;
        assert!(said.contains("no effect"), "{said}");
        server.execute(&format!("DROP POLICY {name} ON schema_1.qrhook_event")).await;
    }
}

#[tokio::test]
async fn connecting_leaves_nothing_behind() {
    let server = Server::start();
    let url = url(&server).await;
    drop(connect(&url).await);
    let mut connection = server.connection().await;
    let records: i64 =
        sqlx::query_scalar("SELECT count(*) FROM schema_1.qrhook_event").fetch_one(&mut connection).await.unwrap();
    assert_eq!(records, 0);
}
