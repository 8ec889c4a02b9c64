//! Missing rights are found when a store connects.

use std::error::Error;

use qrhook_redis::ConnectError;
use qrhook_test_servers::{Redis, RedisCluster};

use crate::support::{RIGHTS, RIGHTS_IN_A_CLUSTER, add_user, handle, patient};

/// Returns the server and the refusals that the error names.
async fn missing(url: &str) -> (String, String) {
    let error = patient().connect(url).await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains(RIGHTS) && said.contains(RIGHTS_IN_A_CLUSTER), "{said}");
    match &error {
        ConnectError::MissingPrivilege { server, source, .. } => {
            let shown = format!("{said} {error:?} {source}");
            assert!(!shown.contains("password-of"), "{shown}");
            (server.clone(), error.source().unwrap().to_string())
        }
        error => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn each_command_of_the_steps_is_named() {
    let redis = Redis::start();
    for command in ["time", "hmget", "hset", "hdel", "pexpireat", "del"] {
        let url = add_user(&redis, &format!("reset on >another-password-of-the-tests {RIGHTS} -{command}"));
        let (server, said) = missing(&url).await;
        assert_eq!(server, format!("127.0.0.1:{}", redis.port()));
        assert!(said.starts_with(&format!("{}: ", command.to_uppercase())), "{said}");
        assert!(said.contains("can't run this command"), "{said}");
    }
    for command in ["eval", "evalsha"] {
        let url = add_user(&redis, &format!("reset on >another-password-of-the-tests {RIGHTS} -{command}"));
        let said = missing(&url).await.1;
        assert!(said.contains(&format!("'{command}'")), "{said}");
    }
    let url = add_user(&redis, &format!("reset on >another-password-of-the-tests {RIGHTS} -hset -del"));
    let said = missing(&url).await.1;
    assert!(said.starts_with("DEL, HSET: "), "{said}");
    assert_eq!(redis.command(&["DBSIZE"]), ":0");
}

#[tokio::test]
async fn keys_that_it_may_not_touch() {
    let redis = Redis::start();
    for keys in ["resetkeys", "resetkeys ~other:*", "resetkeys %R~qrhook:*", "resetkeys %W~qrhook:*"] {
        let url = add_user(&redis, &format!("reset on >another-password-of-the-tests {RIGHTS} {keys}"));
        let said = missing(&url).await.1;
        assert!(said.contains("no permissions to access one of the keys"), "{keys}: {said}");
    }
    // The key pattern follows the prefix.
    let url = add_user(&redis, &format!("reset on >another-password-of-the-tests {RIGHTS}"));
    let error = patient().with_prefix("ours:").connect(&url).await.unwrap_err();
    assert!(matches!(error, ConnectError::MissingPrivilege { .. }), "{error:?}");
    assert!(error.to_string().contains("~ours:* +info"), "{error}");
    handle(&patient().connect(&url).await.unwrap(), 1).await;
}

#[tokio::test]
async fn a_database_that_it_may_not_select() {
    let redis = Redis::start();
    let url = add_user(&redis, RIGHTS);
    let said = missing(&format!("{url}/3")).await.1;
    assert!(said.contains("'select'"), "{said}");
}

/// Whether the server is checked or not.
#[tokio::test]
async fn an_unchecked_server_is_tried_too() {
    let redis = Redis::start();
    let url = add_user(&redis, &format!("{RIGHTS} -hset -info"));
    let error = patient().with_unchecked_server(true).connect(&url).await.unwrap_err();
    assert!(matches!(error, ConnectError::MissingPrivilege { .. }), "{error:?}");
}

/// A full server may have room again later.
#[tokio::test]
async fn a_server_that_is_full_is_taken() {
    let redis = Redis::start_with(&[["maxmemory", "1"]]);
    let url = add_user(&redis, RIGHTS);
    patient().connect(&url).await.unwrap();
    let url = add_user(&redis, "-pexpireat");
    let said = missing(&url).await.1;
    assert!(said.starts_with("PEXPIREAT: "), "{said}");
}

#[tokio::test]
async fn connecting_leaves_nothing_behind() {
    let redis = Redis::start();
    for rights in [RIGHTS, "-del"] {
        let _ = patient().connect(&add_user(&redis, rights)).await;
        assert_eq!(redis.command(&["DBSIZE"]), ":0", "{rights}");
    }
}

/// Each node has its own users.
#[tokio::test]
async fn every_master_of_a_cluster_is_asked() {
    let cluster = RedisCluster::start();
    let all = format!("reset on >another-password-of-the-tests {RIGHTS} {RIGHTS_IN_A_CLUSTER}");
    let urls: Vec<_> = cluster.nodes().iter().map(|node| add_user(node, &all)).collect();
    handle(&patient().connect(&urls[0]).await.unwrap(), 1).await;
    let lacks = [
        ("-hset", "HSET: "),
        ("-eval", "'eval'"),
        ("-evalsha", "'evalsha'"),
        ("-ping", "'ping'"),
        ("-cluster|slots", "'cluster|slots'"),
        ("resetkeys", "no permissions to access one of the keys"),
    ];
    for node in cluster.nodes() {
        for (lacking, expected) in lacks {
            add_user(node, lacking);
            let (server, said) = missing(&urls[0]).await;
            assert_eq!(server, format!("127.0.0.1:{}", node.port()), "{lacking}: {said}");
            assert!(said.contains(expected), "{lacking}: {said}");
            add_user(node, &all);
        }
    }
    let node = &cluster.nodes()[1];
    assert_eq!(node.command(&["ACL", "DELUSER", "restricted"]), ":1");
    let error = patient().connect(&urls[0]).await.unwrap_err();
    let name = format!("127.0.0.1:{}", node.port());
    assert!(matches!(&error, ConnectError::Unauthorized { server, .. } if *server == name), "{error:?}");
}

/// A prefix with a hash tag puts all records on one master, and the rights to the keys are only tried there.
#[tokio::test]
async fn a_prefix_with_a_tag() {
    let cluster = RedisCluster::start();
    let rights = format!("{RIGHTS} {RIGHTS_IN_A_CLUSTER} ~{{hook}}:*");
    let urls: Vec<_> = cluster.nodes().iter().map(|node| add_user(node, &rights)).collect();
    let connect = || patient().with_prefix("{hook}:").connect(&urls[0]);
    handle(&connect().await.unwrap(), 1).await;
    // The slot of the tag is 11666.
    add_user(&cluster.nodes()[2], "-hset");
    let error = connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::MissingPrivilege { .. }), "{error:?}");
}

/// If a step ran a command that is not tried, a missing right would only show at the first event.
#[test]
fn every_command_of_the_scripts_is_tried() {
    let tried = include_str!("../../src/rights.lua");
    let scripts = [
        include_str!("../../src/claim.lua"),
        include_str!("../../src/commit.lua"),
        include_str!("../../src/release.lua"),
    ];
    for script in scripts {
        for call in script.split("call('").skip(1) {
            let command = call.split_once('\'').unwrap().0;
            assert!(tried.contains(&format!("run('{command}'")), "{command}");
        }
    }
}
