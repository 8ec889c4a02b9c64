//! The records that a failover keeps, and those that it can lose.

use qrhook::store::{Outcome, Settled, Store};
use qrhook_redis::RedisStore;
use qrhook_test_servers::Redis;

use crate::{
    support::{DONE, claim, connect, found, handle, patient, try_claim, until},
    way::Way,
};

/// No append-only file, because a server that writes its first one cannot be stopped. And none of the delays with which
/// a master waits for its replicas.
const QUICK: [[&str; 2]; 3] = [["appendonly", "no"], ["shutdown-timeout", "0"], ["repl-diskless-sync-delay", "0"]];

fn replica_at(port: u16) -> Redis {
    let replica = Redis::start_with(&QUICK);
    assert_eq!(replica.command(&["REPLICAOF", "127.0.0.1", &port.to_string()]), "+OK");
    until(|| replica.info("master_link_status") == "up");
    replica
}

/// Records that were copied before the failover are known after it.
#[tokio::test]
async fn what_the_replica_has_survives() {
    let mut master = Redis::start_with(&QUICK);
    let replica = replica_at(master.port());
    let store = connect(&master).await;
    handle(&store, "done").await;
    let live = claim(&store, "live").await;
    assert_eq!(master.command(&["WAIT", "1", "60000"]), ":1");

    master.kill();
    assert_eq!(replica.command(&["REPLICAOF", "NO", "ONE"]), "+OK");
    let store = connect(&replica).await;
    assert_eq!(found(&store, "done").await, DONE);
    assert_eq!(found(&store, "live").await, Outcome::InFlight);
    assert_eq!(store.commit(&live).await.unwrap(), Settled::Applied);
}

/// The loss that the crate page describes: Redis acknowledges a step before its replicas have it.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_replica_did_not_get_is_lost() {
    let mut master = Redis::start_with(&QUICK);
    let way = Way::to(&master).await;
    let replica = replica_at(way.port());
    let store = connect(&master).await;
    let event = claim(&store, "event").await;
    assert_eq!(master.command(&["WAIT", "1", "60000"]), ":1");

    way.block();
    assert_eq!(store.commit(&event).await.unwrap(), Settled::Applied);
    handle(&store, "another").await;
    assert_eq!(found(&store, "event").await, DONE);
    assert_eq!(found(&store, "another").await, DONE);
    master.kill();
    assert_eq!(replica.command(&["REPLICAOF", "NO", "ONE"]), "+OK");

    let store = connect(&replica).await;
    assert_eq!(found(&store, "event").await, Outcome::InFlight, "the claim was copied, but the commit was not");
    assert!(matches!(found(&store, "another").await, Outcome::Acquired(_)), "the event is handled once more");
}

/// The old master became a replica, and the address leads to the new one, so the old connection is useless.
#[tokio::test]
async fn an_address_that_moves_to_the_new_master_is_followed() {
    let master = Redis::start_with(&QUICK);
    let replica = replica_at(master.port());
    let way = Way::to(&master).await;
    let store: RedisStore = patient().connect(&way.url()).await.unwrap();
    handle(&store, "before").await;
    assert_eq!(master.command(&["WAIT", "1", "60000"]), ":1");

    assert_eq!(replica.command(&["REPLICAOF", "NO", "ONE"]), "+OK");
    assert_eq!(master.command(&["REPLICAOF", "127.0.0.1", &replica.port().to_string()]), "+OK");
    until(|| master.info("master_link_status") == "up");
    way.lead_to(&replica);
    assert!(matches!(try_claim(&store, "after").await.unwrap(), Outcome::Acquired(_)));
    assert_eq!(found(&store, "before").await, DONE);
}
