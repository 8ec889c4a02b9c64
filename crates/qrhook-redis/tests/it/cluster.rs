//! Clusters.

use std::error::Error;

use qrhook::store::{Outcome, Settled, Store, StoreErrorKind};
use qrhook_redis::{ConnectError, RedisStore};
use qrhook_test_servers::{Redis, RedisCluster};
use tokio::runtime::Builder;

use crate::support::{
    DONE, RIGHTS, RIGHTS_IN_A_CLUSTER, add_user, at_last, claim, connect_impatiently, found, handle, key, patient,
    recovers, try_claim, until,
};

async fn connect(cluster: &RedisCluster) -> RedisStore {
    patient().connect(&cluster.url()).await.unwrap()
}

/// Returns ids whose records belong to this node.
fn ids_on(node: &Redis) -> impl Iterator<Item = String> {
    (0..).map(|number: u32| number.to_string()).filter(|id| {
        let name = format!("qrhook:{}", key(id));
        node.command(&["TTL", &name]).starts_with(':')
    })
}

#[tokio::test]
async fn events_are_spread_over_the_masters() {
    let cluster = RedisCluster::start();
    let store = connect(&cluster).await;
    assert!(store.properties().durable);
    for number in 0..60 {
        handle(&store, number).await;
        assert_eq!(found(&store, number).await, DONE);
    }
    let sizes: Vec<_> = cluster.nodes().iter().map(|node| node.command(&["DBSIZE"])).collect();
    assert!(sizes.iter().all(|size| size != ":0"), "{sizes:?}");
    // Through another node of the cluster.
    let other = patient().connect(&cluster.nodes()[2].url()).await.unwrap();
    for number in 0..60 {
        assert_eq!(found(&other, number).await, DONE);
    }
}

#[tokio::test]
async fn one_master_that_evicts_is_refused_and_named() {
    let cluster = RedisCluster::start();
    for node in cluster.nodes() {
        assert_eq!(node.command(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]), "+OK");
        let error = patient().connect(&cluster.url()).await.unwrap_err();
        let name = format!("127.0.0.1:{}", node.port());
        assert!(
            matches!(&error, ConnectError::Evicts { server, policy } if *server == name && policy == "allkeys-lru"),
            "{error:?}"
        );
        assert_eq!(node.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]), "+OK");
    }
}

#[tokio::test]
async fn one_master_that_forgets_at_a_restart_makes_the_store_forgetful() {
    let cluster = RedisCluster::start();
    assert_eq!(cluster.nodes()[2].command(&["CONFIG", "SET", "appendonly", "no"]), "+OK");
    assert!(!connect(&cluster).await.properties().durable);
}

/// The policy of the master that gets the slots later is unknown.
#[tokio::test]
async fn a_cluster_with_slots_of_nobody_is_refused() {
    let cluster = RedisCluster::start_with(&[["cluster-require-full-coverage", "no"]]);
    for node in cluster.nodes() {
        assert_eq!(node.command(&["CLUSTER", "DELSLOTS", "7"]), "+OK");
    }
    let error = patient().connect(&cluster.url()).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unreadable { .. }), "{error:?}");
    assert!(error.source().unwrap().to_string().contains("not every slot"), "{error:?}");
}

/// Its policy is unknown.
#[tokio::test]
async fn one_master_that_is_away_is_refused_and_named() {
    let mut cluster = RedisCluster::start_with(&[["cluster-require-full-coverage", "no"]]);
    let ids: Vec<_> = ids_on(&cluster.nodes()[2]).take(2).collect();
    cluster.nodes_mut()[1].kill();
    let error = patient().connect(&cluster.url()).await.unwrap_err();
    let name = format!("127.0.0.1:{}", cluster.nodes()[1].port());
    assert!(matches!(&error, ConnectError::Unreadable { server, .. } if *server == name), "{error:?}");
    let store = patient().with_unchecked_server(true).connect(&cluster.url()).await.unwrap();
    for id in ids {
        handle(&store, id).await;
    }
}

#[tokio::test]
async fn a_cluster_whose_runtime_ended_is_no_end_of_the_store() {
    let cluster = RedisCluster::start();
    for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let url = cluster.url();
        let connecting = std::thread::spawn(move || {
            let runtime = builder.enable_all().build().unwrap();
            runtime.block_on(patient().connect(&url)).unwrap()
        });
        let store = connecting.join().unwrap();
        assert!(try_claim(&store, "event").await.is_ok());
    }
}

#[tokio::test]
async fn a_cluster_that_may_not_be_asked_is_found_out_all_the_same() {
    let cluster = RedisCluster::start();
    let urls: Vec<_> = cluster.nodes().iter().map(|node| add_user(node, "~* +@all -info")).collect();
    let url = &urls[0];
    let error = patient().connect(url).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unreadable { .. }), "{error:?}");
    let store = patient().with_unchecked_server(true).connect(url).await.unwrap();
    for number in 0..20 {
        handle(&store, number).await;
    }
}

#[tokio::test]
async fn nodes_that_forgot_the_scripts_are_told_again() {
    let cluster = RedisCluster::start();
    let store = connect(&cluster).await;
    for number in 0..20 {
        for node in cluster.nodes() {
            assert_eq!(node.command(&["SCRIPT", "FLUSH"]), "+OK");
        }
        handle(&store, number).await;
    }
}

/// A node that is gone or hangs affects only its own events.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_goes_away_and_comes_back() {
    // By default, a cluster needs all its slots to work.
    let mut cluster = RedisCluster::start_with(&[["cluster-require-full-coverage", "no"]]);
    let store = connect(&cluster).await;
    let [there, away] = [0, 2].map(|node| ids_on(&cluster.nodes()[node]).take(8).collect::<Vec<_>>());
    handle(&store, &there[0]).await;
    handle(&store, &away[0]).await;
    let open = claim(&store, &away[1]).await;

    let impatient = connect_impatiently(&cluster.url()).await;
    cluster.nodes()[2].pause();
    for id in &away {
        // The node hangs until the others agree that it is gone and report it.
        let refused = try_claim(&impatient, id).await.unwrap_err().kind();
        assert!(matches!(refused, StoreErrorKind::Timeout | StoreErrorKind::Unavailable), "{refused:?}");
        assert_eq!(at_last(async || try_claim(&impatient, &there[0]).await).await, DONE);
    }
    cluster.nodes()[2].resume();
    assert_eq!(recovers(&impatient, &away[0]).await, DONE);
    assert_eq!(recovers(&store, &away[0]).await, DONE);

    cluster.nodes_mut()[2].kill();
    for id in &away {
        assert_eq!(try_claim(&store, id).await.unwrap_err().kind(), StoreErrorKind::Unavailable);
        assert_eq!(found(&store, &there[0]).await, DONE);
    }
    cluster.nodes_mut()[2].start_again();
    assert_eq!(recovers(&store, &away[0]).await, DONE);
    assert_eq!(store.commit(&open).await.unwrap(), Settled::Applied);
    assert_eq!(found(&store, &away[1]).await, DONE);
    assert!(matches!(found(&store, &there[1]).await, Outcome::Acquired(_)));
}

/// The address is only needed to connect.
#[tokio::test(flavor = "multi_thread")]
async fn the_node_of_the_address_is_not_needed_any_more() {
    let mut cluster = RedisCluster::start_with(&[["cluster-require-full-coverage", "no"]]);
    let store = connect(&cluster).await;
    let [gone, there] = [0, 1].map(|node| ids_on(&cluster.nodes()[node]).take(2).collect::<Vec<_>>());
    handle(&store, &there[0]).await;
    cluster.nodes_mut()[0].kill();
    assert_eq!(try_claim(&store, &gone[0]).await.unwrap_err().kind(), StoreErrorKind::Unavailable);
    assert_eq!(found(&store, &there[0]).await, DONE);
    cluster.nodes_mut()[1].kill();
    assert_eq!(try_claim(&store, &there[0]).await.unwrap_err().kind(), StoreErrorKind::Unavailable);
    cluster.nodes_mut()[1].start_again();
    assert_eq!(recovers(&store, &there[0]).await, DONE);
}

#[tokio::test]
async fn a_user_with_few_rights_is_enough() {
    let cluster = RedisCluster::start();
    let rights = format!("{RIGHTS} {RIGHTS_IN_A_CLUSTER}");
    let urls: Vec<_> = cluster.nodes().iter().map(|node| add_user(node, &rights)).collect();
    let url = &urls[0];
    let store = patient().connect(url).await.unwrap();
    for number in 0..20 {
        handle(&store, number).await;
    }
}

/// The replica takes over the slots of its master, and has its records.
#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_takes_over_is_followed() {
    followed_after(|master| master.kill()).await;
}

/// The same from a master that hangs, which no connection reports.
#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_takes_over_from_a_master_that_hangs_is_followed() {
    followed_after(|master| master.pause()).await;
}

async fn followed_after(what_happens: impl FnOnce(&mut Redis)) {
    let mut cluster = RedisCluster::start();
    let replica = replica_of(&cluster);
    let store = connect(&cluster).await;
    let ids: Vec<_> = ids_on(&cluster.nodes()[2]).take(2).collect();
    handle(&store, &ids[0]).await;
    let open = claim(&store, &ids[1]).await;
    assert_eq!(cluster.nodes()[2].command(&["WAIT", "1", "60000"]), ":1");
    // Nothing reports a master that hangs, so a step must time out.
    let impatient = connect_impatiently(&cluster.url()).await;
    what_happens(&mut cluster.nodes_mut()[2]);
    assert_eq!(recovers(&impatient, &ids[0]).await, DONE);
    assert_eq!(at_last(async || impatient.commit(&open).await).await, Settled::Applied);
    assert_eq!(replica.info("role"), "master");
}

/// Starts a replica of the last node.
fn replica_of(cluster: &RedisCluster) -> Redis {
    let master = &cluster.nodes()[2];
    // No append-only file, because a server that writes its first one cannot be stopped.
    let settings = [["cluster-enabled", "yes"], ["cluster-node-timeout", "2000"], ["appendonly", "no"]];
    let replica = Redis::start_with(&settings);
    assert_eq!(replica.command(&["CLUSTER", "MEET", "127.0.0.1", &master.port().to_string()]), "+OK");
    let id = |node: &Redis| {
        let id = node.command(&["EVAL", "return {ok = redis.call('CLUSTER', 'MYID')}", "0"]);
        id.strip_prefix('+').unwrap().to_owned()
    };
    until(|| replica.command(&["CLUSTER", "REPLICATE", &id(master)]) == "+OK");
    until(|| replica.info("role") == "slave" && replica.info("master_link_status") == "up");
    // Every node must know the replica before it can vote for it.
    let known = format!(
        "for line in redis.call('CLUSTER', 'NODES'):gmatch('[^\\n]+') do
            if line:find('^{}') and line:find(' slave {} ') and line:find(' connected') then return 1 end
        end
        return 0",
        id(&replica),
        id(master)
    );
    until(|| cluster.nodes().iter().all(|node| node.command(&["EVAL", &known, "0"]) == ":1"));
    replica
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_gone_as_a_whole_and_comes_back() {
    let mut cluster = RedisCluster::start();
    let store = connect(&cluster).await;
    handle(&store, "event").await;
    cluster.nodes_mut().iter_mut().for_each(Redis::kill);
    for number in 0..5 {
        assert_eq!(try_claim(&store, number).await.unwrap_err().kind(), StoreErrorKind::Unavailable);
    }
    cluster.nodes_mut().iter_mut().for_each(Redis::start_again);
    assert_eq!(recovers(&store, "event").await, DONE);
}
