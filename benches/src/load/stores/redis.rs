//! Redis against a loop of `EVALSHA` on the client's shared connection, with the same scripts and arguments.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use qrhook::store::Key;
use qrhook_redis::RedisStore;
use qrhook_test_servers::Redis;
use redis::{Client, Cmd, aio::MultiplexedConnection};

use super::{
    super::{Plan, Result, results::Row},
    Cycle, LEASE, Ours, RETENTION, against_raw,
};

const CLAIM: &str = include_str!("../../../../crates/qrhook-redis/src/claim.lua");
const COMMIT: &str = include_str!("../../../../crates/qrhook-redis/src/commit.lua");

struct Raw {
    connection: MultiplexedConnection,
    claim: String,
    commit: String,
    owners: AtomicU64,
}

pub async fn measure(plan: Plan) -> Result<Vec<Row>> {
    // As Redis is installed: `always` would measure the disk.
    let server = tokio::task::spawn_blocking(|| Redis::start_with(&[["appendfsync", "everysec"]])).await?;
    let mut connection = Client::open(server.url())?.get_multiplexed_async_connection().await?;
    let load = |script| redis::cmd("SCRIPT").arg("LOAD").arg(script).to_owned();
    let claim = load(CLAIM).query_async(&mut connection).await?;
    let commit = load(COMMIT).query_async(&mut connection).await?;
    let raw = Arc::new(Raw { connection, claim, commit, owners: AtomicU64::new(0) });
    let ours = Arc::new(Ours(RedisStore::connect(&server.url()).await?));
    against_raw("Redis", plan, ours, raw).await
}

impl Cycle for Raw {
    async fn cycle(&self, key: Key) -> Result<()> {
        let mut connection = self.connection.clone();
        let (key, owner) =
            (format!("raw:{key}"), u128::from(self.owners.fetch_add(1, Ordering::Relaxed)).to_be_bytes());
        for script in [&self.claim, &self.commit] {
            let mut command = Cmd::new();
            command.arg("EVALSHA").arg(script).arg(1).arg(&key).arg(&owner[..]).arg(RETENTION.as_millis() as u64);
            let answer: u32 = command.arg(LEASE.as_millis() as u64).arg(0).query_async(&mut connection).await?;
            if answer != 1 {
                return Err(format!("the script returned {answer}").into());
            }
        }
        Ok(())
    }
}
