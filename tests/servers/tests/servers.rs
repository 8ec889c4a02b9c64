//! The servers start, hang, crash, come back, and end with their test.

use std::{
    net::TcpStream,
    panic::catch_unwind,
    time::{Duration, Instant},
};

use qrhook_test_servers::{Postgres, Redis, RedisCluster};

#[test]
fn redis_comes_back_with_its_data() {
    let mut redis = Redis::start();
    assert_eq!(redis.command(&["SET", "key", "value"]), "+OK");
    redis.pause();
    redis.resume();
    redis.stop();
    redis.start_again();
    assert_eq!(redis.command(&["STRLEN", "key"]), ":5");
    redis.kill();
    redis.start_again();
    assert_eq!(redis.command(&["STRLEN", "key"]), ":5");
    let port = redis.port();
    drop(redis);
    TcpStream::connect(("127.0.0.1", port)).expect_err("it has ended");
}

#[test]
fn a_redis_cluster_shares_the_keys() {
    let cluster = RedisCluster::start();
    let answers: Vec<_> = cluster.nodes().iter().map(|node| node.command(&["SET", "key", "value"])).collect();
    assert_eq!(answers.iter().filter(|answer| *answer == "+OK").count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.starts_with("-MOVED")).count(), 2, "{answers:?}");
}

#[test]
fn a_server_that_does_not_start_says_why_and_soon() {
    let started = Instant::now();
    let panic = catch_unwind(|| Redis::start_with(&[["no-such-setting", "1"]])).expect_err("there is none");
    let said = panic.downcast_ref::<String>().expect("the panic's message is a string");
    assert!(said.contains("no-such-setting"), "{said}");
    // It may take three minutes to start, but this one has ended, and that is noticed at once.
    assert!(started.elapsed() < Duration::from_secs(120), "it waited for a server that had ended");
}

#[test]
fn postgres_comes_back() {
    let mut postgres = Postgres::start();
    postgres.pause();
    postgres.resume();
    postgres.stop();
    postgres.start_again();
    postgres.kill();
    postgres.start_again();
    let port = postgres.port();
    drop(postgres);
    TcpStream::connect(("127.0.0.1", port)).expect_err("it has ended");
}
