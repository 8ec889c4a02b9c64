//! Helpers for the tests.

use std::time::{Duration, Instant};

use qrhook::store::{Claim, Key, Outcome, Settled, Store, StoreError, StoreErrorKind, Terms};
use qrhook_redis::{ConnectError, RedisOptions, RedisStore};
use qrhook_test_servers::Redis;

/// The time after which a test is considered to hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Long enough for any step on a busy machine. Where a test needs time to pass, it moves the records.
pub(crate) const LEASE: Duration = Duration::from_secs(3600);
pub(crate) const RETENTION: Duration = Duration::from_secs(72 * 3600);
pub(crate) const DONE: Outcome = Outcome::Done { same_occurrence: true };

/// The step time, unless the test is about that limit.
pub(crate) fn patient() -> RedisOptions {
    RedisStore::options().with_step_time(PATIENCE)
}

/// The step time for servers that hang. On a busy machine, a healthy server may exceed it too.
pub(crate) const STEP: Duration = Duration::from_secs(1);

/// Connects to a server that responds, with a short step time.
pub(crate) async fn connect_impatiently(url: &str) -> RedisStore {
    let started = Instant::now();
    loop {
        match RedisStore::options().with_step_time(STEP).connect(url).await {
            Err(ConnectError::Timeout { .. }) if started.elapsed() < PATIENCE => {}
            connected => return connected.unwrap(),
        }
    }
}

/// Repeats a step that timed out, until it has another result.
pub(crate) async fn at_last<T>(mut step: impl AsyncFnMut() -> Result<T, StoreError>) -> T {
    let started = Instant::now();
    loop {
        match step().await {
            Err(error) if error.kind() == StoreErrorKind::Timeout && started.elapsed() < PATIENCE => {}
            answer => return answer.unwrap(),
        }
    }
}

/// The minimum rights of a user, as listed on the crate page.
pub(crate) const RIGHTS: &str = "~qrhook:* +info +evalsha +eval +time +hmget +hset +hdel +pexpireat +del";
/// The additional rights that the user needs in a cluster.
pub(crate) const RIGHTS_IN_A_CLUSTER: &str = "+cluster|slots +ping";

/// Adds a user with these rights to a server, and returns the address for that user.
pub(crate) fn add_user(redis: &Redis, rights: &str) -> String {
    let user = ["ACL", "SETUSER", "restricted", "on", ">another-password-of-the-tests"];
    let rights: Vec<_> = rights.split_whitespace().collect();
    assert_eq!(redis.command(&[&user[..], &rights].concat()), "+OK");
    format!("redis://restricted:another-password-of-the-tests@127.0.0.1:{}", redis.port())
}

pub(crate) fn until(done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < PATIENCE, "it did not happen in time");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until the store works again on its own. Returns the outcome of the first claim that succeeds.
pub(crate) async fn recovers(store: &RedisStore, id: impl ToString) -> Outcome {
    let (started, id) = (Instant::now(), id.to_string());
    loop {
        match try_claim(store, &id).await {
            Ok(outcome) => return outcome,
            Err(error) => assert!(started.elapsed() < PATIENCE, "still failing: {error:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) async fn connect(redis: &Redis) -> RedisStore {
    patient().connect(&redis.url()).await.unwrap()
}

pub(crate) fn key(id: impl ToString) -> Key {
    Key::new("qrstudio", "crm-sync", id.to_string().as_bytes())
}

pub(crate) fn terms() -> Terms {
    Terms::new(LEASE, RETENTION, 7).unwrap()
}

pub(crate) async fn try_claim(store: &RedisStore, id: impl ToString) -> Result<Outcome, StoreError> {
    store.claim(&key(id), &terms()).await
}

pub(crate) async fn found(store: &RedisStore, id: impl ToString) -> Outcome {
    try_claim(store, id).await.unwrap()
}

pub(crate) async fn claim(store: &RedisStore, id: impl ToString) -> Claim {
    match found(store, id).await {
        Outcome::Acquired(claim) => claim,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn handle(store: &RedisStore, id: impl ToString) {
    let claim = claim(store, id).await;
    assert_eq!(store.commit(&claim).await.unwrap(), Settled::Applied);
}

/// Moves the records of a server into the past, as if this much time had passed.
pub(crate) fn age(redis: &Redis, time: Duration) {
    const AGE: &str = "
        for _, key in ipairs(redis.call('KEYS', 'qrhook*')) do
            local lease = redis.call('HGET', key, 'lease')
            if lease then
                redis.call('HSET', key, 'lease', lease - ARGV[1])
            end
            redis.call('PEXPIRE', key, redis.call('PTTL', key) - ARGV[1])
        end
        return 'aged'";
    assert_eq!(redis.command(&["EVAL", AGE, "0", &time.as_millis().to_string()]), "$4");
}
