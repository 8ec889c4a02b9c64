//! What a failover keeps, and what it can lose.

use qrhook::store::{Outcome, Settled, Store};
use qrhook_redis::RedisStore;
use qrhook_test_servers::Redis;

use crate::{
    support::{DONE, claim, connect, found, handle, patient, try_claim, until},
    way::Way,
};

/// Without a file: a server that writes its first one does not let itself be stopped. And without the times that a
/// master waits for its replicas.
const QUICK: [[&str; 2]; 3] = [["appendonly", "no"], ["shutdown-timeout", "0"], ["repl-diskless-sync-delay", "0"]];

fn replica_at(port: u16) -> Redis {
    let replica = Redis::start_with(&QUICK);
    assert_eq!(replica.command(&["REPLICAOF", "127.0.0.1", &port.to_string()]), "+OK");
    until(|| replica.info("master_link_status") == "up");
    replica
}

/// What was copied before the failover is known after it.
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

/// The loss that the crate page speaks of: Redis acknowledges before its replicas have it.
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
    assert_eq!(found(&store, "event").await, Outcome::InFlight, "its claim was copied, its commit was not");
    assert!(matches!(found(&store, "another").await, Outcome::Acquired(_)), "it is handled once more");
}

/// The old master became a replica, and the address leads to the new one: its connection is of no use any more.
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
