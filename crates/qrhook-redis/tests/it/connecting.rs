//! Servers that cannot be the store.

use std::{
    error::Error,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    time::Duration,
};

use qrhook::store::Store;
use qrhook_redis::{ConnectError, RedisOptions, RedisStore};
use qrhook_test_servers::Redis;

use crate::support::{DONE, RIGHTS, RIGHTS_IN_A_CLUSTER, add_user, claim, connect, found, handle, patient};

/// Connects and is refused, with an error that names the server but does not show the password.
async fn refused_with(options: RedisOptions, url: &str) -> ConnectError {
    let error = options.connect(url).await.unwrap_err();
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    assert!(!shown.contains("password-of"), "the password is shown: {error}");
    error
}

async fn refused(url: &str) -> ConnectError {
    refused_with(patient(), url).await
}

fn names(server: &str, redis: &Redis) -> bool {
    server == format!("127.0.0.1:{}", redis.port())
}

#[tokio::test]
async fn a_policy_that_evicts() {
    let policies = [
        "allkeys-lru",
        "allkeys-lfu",
        "allkeys-random",
        "volatile-lru",
        "volatile-lfu",
        "volatile-random",
        "volatile-ttl",
    ];
    let redis = Redis::start();
    for policy in policies {
        assert_eq!(redis.command(&["CONFIG", "SET", "maxmemory-policy", policy]), "+OK");
        let error = refused(&redis.url()).await;
        let said = error.to_string();
        assert!(
            matches!(&error, ConnectError::Evicts { server, policy: named } if names(server, &redis) && named == policy),
            "{error:?}"
        );
        for needed in [policy, "maxmemory-policy noeviction", "with_unchecked_server"] {
            assert!(said.contains(needed), "{said} does not contain {needed}");
        }
        for durable in [true, false] {
            let store = patient().with_unchecked_server(durable).connect(&redis.url()).await.unwrap();
            assert_eq!(store.properties().durable, durable);
            handle(&store, format!("{policy} {durable}")).await;
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read() {
    let redis = Redis::start();
    let url = add_user(&redis, "~* +@all -info");
    let error = refused(&url).await;
    assert!(matches!(&error, ConnectError::Unreadable { server, .. } if names(server, &redis)), "{error:?}");
    assert!(error.to_string().contains("with_unchecked_server"), "{error}");
    assert!(error.source().unwrap().to_string().contains("info"), "{error:?}");

    let store = patient().with_unchecked_server(true).connect(&url).await.unwrap();
    assert!(store.properties().durable);
    handle(&store, "event").await;
    assert_eq!(found(&store, "event").await, DONE);
}

#[test]
fn the_crate_page_names_the_rights_that_are_enough() {
    let page = include_str!("../../src/lib.rs").replace("\n//! ", " ");
    let rights = format!("`{RIGHTS}`, and in a cluster `{RIGHTS_IN_A_CLUSTER}`");
    assert!(page.contains(&rights), "{rights}");
}

#[tokio::test]
async fn a_user_with_few_rights_is_enough() {
    let redis = Redis::start();
    let url = add_user(&redis, RIGHTS);
    let store = patient().connect(&url).await.unwrap();
    handle(&store, "event").await;
    assert_eq!(found(&store, "event").await, DONE);
    let open = claim(&store, "released").await;
    store.release(&open).await.unwrap();
}

#[tokio::test]
async fn a_user_or_password_that_is_not_accepted() {
    let redis = Redis::start();
    let port = redis.port();
    for login in [":wrong-password-of-the-tests@", "somebody:wrong-password-of-the-tests@", ""] {
        let error = refused(&format!("redis://{login}127.0.0.1:{port}")).await;
        assert!(
            matches!(&error, ConnectError::Unauthorized { server, .. } if names(server, &redis)),
            "{login:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_replica() {
    let master = Redis::start();
    let replica = Redis::start_with(&[["appendonly", "no"]]);
    assert_eq!(replica.command(&["REPLICAOF", "127.0.0.1", &master.port().to_string()]), "+OK");
    let error = refused(&replica.url()).await;
    assert!(matches!(&error, ConnectError::Replica { server } if names(server, &replica)), "{error:?}");
}

#[tokio::test]
async fn nobody_there() {
    let redis = Redis::start();
    let url = redis.url();
    drop(redis);
    let error = refused(&url).await;
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
    assert!(error.source().is_some());
    let error = refused("redis://:some-password-of-the-tests@qrhook.invalid").await;
    assert!(matches!(&error, ConnectError::Unreachable { server, .. } if server == "qrhook.invalid:6379"), "{error:?}");
    let error = refused("unix:///nowhere/redis.sock?pass=some-password-of-the-tests").await;
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn somebody_who_does_not_answer() {
    let redis = Redis::start();
    redis.pause();
    let options = RedisStore::options().with_step_time(Duration::from_millis(200));
    let error = refused_with(options, &redis.url()).await;
    assert!(matches!(&error, ConnectError::Timeout { server } if names(server, &redis)), "{error:?}");
}

#[tokio::test]
async fn an_address_that_is_none() {
    let urls = [
        "",
        "localhost",
        "postgres://:some-password-of-the-tests@localhost",
        "some-password-of-the-tests@localhost:6379",
        "redis://:some-password-of-the-tests@",
        "redis://:some-password-of-the-tests@localhost:port",
        "redis://:some-password-of-the-tests@localhost/some-password-of-the-tests",
        "redis://localhost?protocol=some-password-of-the-tests",
        "redis://:some-password-of-the-tests%FF@localhost",
        // These are parsed as the host `some` and the port 6379.
        "redis://some:6379/password-of-the-tests@localhost",
        "redis://some:6379?password-of-the-tests@localhost",
        "redis://some:6379#password-of-the-tests@localhost",
    ];
    for url in urls {
        let error = refused(url).await;
        assert!(matches!(error, ConnectError::InvalidUrl { .. }), "{url}: {error:?}");
        assert!(!format!("{error:?}").contains("6379"), "{error:?}");
    }
}

#[cfg(not(feature = "rustls"))]
#[tokio::test]
async fn tls_that_is_not_built_in() {
    let error = refused("rediss://:some-password-of-the-tests@localhost").await;
    assert!(matches!(error, ConnectError::TlsNotBuiltIn), "{error:?}");
    assert!(error.to_string().contains("rustls"), "{error}");
}

#[tokio::test]
async fn another_database_and_the_newer_protocol() {
    let redis = Redis::start();
    let url = format!("{}/3", redis.url());
    let store = patient().connect(&url).await.unwrap();
    handle(&store, "event").await;
    assert_eq!(redis.command(&["DBSIZE"]), ":0");
    let same = patient().connect(&format!("{url}?protocol=resp3")).await.unwrap();
    assert_eq!(found(&same, "event").await, DONE);
    handle(&same, "another").await;
}

#[tokio::test]
async fn a_password_of_any_characters() {
    let redis = Redis::start();
    let rights = ["on", ">a:b/c?d#e@f%g", "~*", "+@all"];
    assert_eq!(redis.command(&[&["ACL", "SETUSER", "special"][..], &rights].concat()), "+OK");
    let url = format!("redis://special:a%3Ab%2Fc%3Fd%23e%40f%25g@127.0.0.1:{}", redis.port());
    handle(&patient().connect(&url).await.unwrap(), "event").await;
}

#[tokio::test]
async fn a_socket_in_the_file_system() {
    let folder = tempfile::tempdir().unwrap();
    // The server runs as another user.
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    let socket = folder.path().join("redis.sock").display().to_string();
    let redis = Redis::start_with(&[["unixsocket", &socket], ["unixsocketperm", "777"]]);
    let store = patient().connect(&format!("unix://{socket}?pass={}", Redis::PASSWORD)).await.unwrap();
    assert!(!format!("{store:?}").contains(Redis::PASSWORD));
    handle(&store, "event").await;
    assert_eq!(found(&connect(&redis).await, "event").await, DONE);
}

#[tokio::test]
async fn nothing_shows_the_password() {
    let redis = Redis::start();
    let store = patient().connect(&redis.url()).await.unwrap();
    let port = redis.port();
    let shown = format!("{store:?}");
    assert_eq!(shown, format!("RedisStore {{ server: \"127.0.0.1:{port}\", prefix: \"qrhook:\", durable: true, .. }}"));
    assert!(!format!("{:?}", patient()).contains("password"));
}
