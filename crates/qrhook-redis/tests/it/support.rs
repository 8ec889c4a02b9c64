//! What the tests share.

use std::time::Duration;

use qrhook::store::{Claim, Key, Outcome, Settled, Store, StoreError, Terms};
use qrhook_redis::{RedisOptions, RedisStore};
use qrhook_test_servers::Redis;

pub(crate) const LEASE: Duration = Duration::from_secs(30);
pub(crate) const RETENTION: Duration = Duration::from_secs(72 * 3600);
pub(crate) const DONE: Outcome = Outcome::Done { same_occurrence: true };

/// On a machine that is busy with other tests, a step may take long.
pub(crate) fn patient() -> RedisOptions {
    RedisStore::options().with_step_time(Duration::from_secs(30))
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
    assert_eq!(store.commit(&claim).await.unwrap(), Settled::Settled);
}

/// Lets time pass for the records of a server: moves them into the past.
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
