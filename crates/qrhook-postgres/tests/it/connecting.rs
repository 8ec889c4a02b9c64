//! Servers that cannot be the store, and the tables of those that can.

use std::error::Error;

use qrhook_postgres::{ConnectError, PostgresOptions, PostgresStore, SCHEMA};
use qrhook_test_servers::Postgres;
use sqlx::Connection;

use crate::support::{DONE, Server, connect, found, handle, patient, pool, wait_for};

async fn refused(url: &str) -> ConnectError {
    refused_by(patient(), url).await
}

async fn refused_by(options: PostgresOptions, url: &str) -> ConnectError {
    let error = options.connect(url).await.unwrap_err();
    let mut shown = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    for secret in [Postgres::PASSWORD, "pass-word", "127.0.0.1", "postgres://", "nobody", "elsewhere"] {
        // The message explains the form of a URL, without showing this one.
        let shown = shown.replace("postgres://USER:PASSWORD@HOST:PORT/DATABASE", "");
        assert!(!shown.contains(secret), "{shown}");
    }
    error
}

#[tokio::test]
async fn urls_that_are_none() {
    let urls = [
        "",
        "memory",
        "127.0.0.1:5432",
        "mysql://user:pass-word@127.0.0.1/db",
        "postgres:",
        "postgres://user:pass-word@127.0.0.1:port/db",
        "postgres://user:pass/pass-word#@127.0.0.1/db",
        "postgres://user:pass-word@127.0.0.1/db?sslmode=pass-word",
        "postgres://user:%ffpass-word@127.0.0.1/db",
    ];
    for url in urls {
        let error = refused(url).await;
        assert!(matches!(error, ConnectError::Url), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn servers_that_cannot_be_used() {
    let mut postgres = Postgres::start();
    let url = postgres.url();
    let error = refused(&url.replace(Postgres::PASSWORD, "pass-word")).await;
    assert!(matches!(&error, ConnectError::Login { source } if source.code() == Some("28P01")), "{error:?}");
    let error = refused(&url.replace("//qrhook:", "//nobody:")).await;
    assert!(matches!(error, ConnectError::Login { .. }), "{error:?}");
    let error = refused(&url.replace("/postgres", "/elsewhere")).await;
    assert!(matches!(error, ConnectError::MissingDatabase { .. }), "{error:?}");
    let error = refused(&format!("{url}?options=-c%20search_path%3Dnowhere")).await;
    assert!(matches!(error, ConnectError::Unusable { .. }), "{error:?}");
    let error = refused(&format!("{url}?options=-c%20default_transaction_read_only%3Don")).await;
    assert!(matches!(error, ConnectError::ReadOnly), "{error:?}");
    let error = refused("postgres://user:pass-word@localhost/db?host=/nowhere").await;
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
    let error = refused("postgres://user:pass-word@nowhere.invalid/db").await;
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
    postgres.stop();
    let error = refused(&url).await;
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_server_that_hangs() {
    let postgres = Postgres::start();
    postgres.pause();
    let error = refused_by(PostgresStore::options(), &postgres.url()).await;
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_replica() {
    let primary = Postgres::start();
    let replica = primary.start_replica();
    let error = refused(&replica.url()).await;
    assert!(matches!(error, ConnectError::ReadOnly), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_that_start_at_once_make_the_tables_once() {
    // The pools of programs may use a stricter isolation than ours.
    let server = Server::on(Postgres::start_with(&[["default_transaction_isolation", "repeatable read"]]));
    for _ in 0..3 {
        let url = server.fresh_url().await;
        let starting: Vec<_> = (0..20)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move {
                    let pool = pool(2).connect(&url).await.unwrap();
                    patient().connect_with(pool).await.unwrap()
                })
            })
            .collect();
        let mut stores = Vec::new();
        for store in starting {
            stores.push(store.await.unwrap());
        }
        handle(&stores[0], 1).await;
        assert_eq!(found(&stores[19], 1).await, DONE);
    }
}

#[tokio::test]
async fn tables_that_are_being_made_are_waited_for() {
    let server = Server::start();
    let url = server.fresh_url().await;
    let mut other = sqlx::PgConnection::connect(&url).await.unwrap();
    let mut making = other.begin().await.unwrap();
    sqlx::raw_sql(SCHEMA).execute(&mut *making).await.unwrap();
    let mut watcher = server.connection().await;
    let made = async {
        wait_for(&mut watcher, 1).await;
        making.commit().await.unwrap();
    };
    let (store, ()) = tokio::join!(patient().connect(&url), made);
    handle(&store.unwrap(), 1).await;
}

#[tokio::test]
async fn tables_can_be_made_by_others() {
    let server = Server::start();
    let url = server.fresh_url().await;
    let options = || patient().with_migration(false);
    let error = options().connect(&url).await.unwrap_err();
    assert!(matches!(error, ConnectError::MissingTables), "{error:?}");
    for _ in 0..2 {
        server.execute(&format!("SET search_path = schema_1; {SCHEMA}")).await;
        options().connect(&url).await.unwrap();
    }
    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.sql")).unwrap();
    assert_eq!(file, SCHEMA);
}

#[tokio::test]
async fn a_user_needs_the_rights_that_the_file_names_and_no_others() {
    let server = Server::start();
    server.execute("CREATE ROLE the_program LOGIN PASSWORD 'pass-word'").await;
    let login = |url: &str| url.replace(&format!("qrhook:{}", Postgres::PASSWORD), "the_program:pass-word");
    let url = login(&server.fresh_url().await);
    server.execute("GRANT USAGE ON SCHEMA schema_1 TO the_program").await;
    let error = refused(&url).await;
    assert!(matches!(&error, ConnectError::MissingPrivilege { source } if source.code() == Some("42501")), "{error:?}");

    server.execute(&format!("SET search_path = schema_1; {SCHEMA}")).await;
    let error = refused(&url).await;
    assert!(matches!(&error, ConnectError::MissingPrivilege { source } if source.code().is_none()), "{error:?}");

    let grants: String = SCHEMA
        .lines()
        .filter_map(|line| line.strip_prefix("--   GRANT "))
        .map(|line| format!("GRANT {line}"))
        .collect();
    server.execute(&format!("SET search_path = schema_1; {grants}")).await;
    let store = connect(&url).await;
    handle(&store, 1).await;
    assert_eq!(qrhook::store::Store::sweep(&store, 10).await.unwrap(), 0);
}

#[tokio::test]
async fn newer_tables_and_those_of_somebody_else() {
    let server = Server::start();
    let url = server.fresh_url().await;
    drop(connect(&url).await);
    server.execute("INSERT INTO schema_1.qrhook_schema VALUES (2)").await;
    let error = refused(&url).await;
    assert!(matches!(error, ConnectError::NewerSchema { found: 2, known: 1 }), "{error:?}");

    let url = server.fresh_url().await;
    server.execute("CREATE TABLE schema_2.qrhook_event (forget timestamptz)").await;
    let error = refused(&url).await;
    assert!(matches!(&error, ConnectError::Unusable { source } if source.code() == Some("42703")), "{error:?}");
}

#[tokio::test]
async fn a_pool_will_do() {
    let server = Server::start();
    let url = server.fresh_url().await;
    let pool = pool(2).connect(&url).await.unwrap();
    let shown = format!("{:?}", PostgresStore::with_pool(pool.clone()).await.unwrap());
    assert_eq!(shown, "PostgresStore { max_connections: 2, step_time: 1s, .. }");
    let store = patient().connect_with(pool.clone()).await.unwrap();
    handle(&store, 1).await;
    assert_eq!(found(&store, 1).await, DONE);
    pool.close().await;
    let error = crate::support::try_claim(&store, 2).await.unwrap_err();
    assert_eq!(error.kind(), qrhook::store::StoreErrorKind::Unavailable);
}

#[tokio::test]
async fn nothing_is_acknowledged_before_it_is_on_the_disk() {
    let settings = [["synchronous_commit", "off"], ["default_transaction_isolation", "serializable"]];
    let server = Server::on(Postgres::start_with(&settings));
    let store = connect(&server.fresh_url().await).await;
    handle(&store, 1).await;
    let mut connection = server.connection().await;
    // The server itself reports the settings of the store's connection.
    sqlx::query(
        "CREATE FUNCTION setting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF current_setting('synchronous_commit') <> 'on' OR current_setting('statement_timeout') <> '2min'
                OR current_setting('lock_timeout') <> '1min'
                OR current_setting('transaction_isolation') <> 'read committed' THEN
                RAISE EXCEPTION 'other settings';
            END IF;
            RETURN NEW;
        END $$",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::query("CREATE TRIGGER setting AFTER UPDATE ON schema_1.qrhook_event FOR EACH ROW EXECUTE FUNCTION setting()")
        .execute(&mut connection)
        .await
        .unwrap();
    handle(&store, 2).await;
}
