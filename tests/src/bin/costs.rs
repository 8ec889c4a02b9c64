//! The costs of a store on this machine: `costs memory|sqlite|postgres|redis`. `scripts/costs` runs it for all of them.
//!
//! An event costs a claim and its commit. The figures depend on the machine and its disk; use them to compare stores.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::as_conversions,
    reason = "the figures have only a few digits"
)]

use std::{
    env,
    error::Error,
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use qrhook::{
    MemoryStore,
    store::{Key, Outcome, Store, Terms},
};
use qrhook_postgres::PostgresStore;
use qrhook_redis::RedisStore;
use qrhook_sqlite::SqliteStore;
use qrhook_test_servers::{Postgres, Redis};
use sqlx::PgPool;
use tokio::task::JoinSet;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The time that each figure is measured for.
const TIME: Duration = Duration::from_secs(3);

const AT_ONCE: usize = 64;

/// The number of events that the size is measured with, and their retention.
const EVENTS: usize = 50_000;
const RETENTION: Duration = Duration::from_secs(72 * 3600);

#[tokio::main]
async fn main() -> Result<()> {
    match env::args().nth(1).as_deref() {
        Some("memory") => {
            let bytes = || async { resident() };
            // Enough for the tables to outweigh the rest.
            measure("memory", Arc::new(MemoryStore::new().with_max_ids(usize::MAX)), EVENTS * 20, bytes).await
        }
        Some("sqlite") => {
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("qrhook.db");
            let store = Arc::new(SqliteStore::open(&path)?);
            let bytes = || async { Ok(fs::metadata(&path)?.len()) };
            measure("SQLite", store, EVENTS, bytes).await
        }
        Some("postgres") => {
            let server = Postgres::start();
            let pool = PgPool::connect(&server.url()).await?;
            let store = Arc::new(PostgresStore::connect(&server.url()).await?);
            let bytes = || async {
                let size: i64 =
                    sqlx::query_scalar("SELECT pg_total_relation_size('qrhook_event')").fetch_one(&pool).await?;
                Ok(size.unsigned_abs())
            };
            measure("Postgres", store, EVENTS, bytes).await
        }
        Some("redis") => {
            for (name, fsync) in [("Redis, appendfsync everysec", "everysec"), ("Redis, appendfsync always", "always")]
            {
                let server = Redis::start_with(&[["appendfsync", fsync]]);
                let store = Arc::new(RedisStore::connect(&server.url()).await?);
                let bytes = || async { Ok(server.info("used_memory").parse()?) };
                measure(name, store, EVENTS, bytes).await?;
            }
            Ok(())
        }
        _ => Err("costs memory|sqlite|postgres|redis".into()),
    }
}

async fn measure<F: Future<Output = Result<u64>>>(
    name: &str,
    store: Arc<impl Store>,
    events: usize,
    bytes: impl Fn() -> F,
) -> Result<()> {
    let before = bytes().await?;
    for first in (0..events).step_by(1000) {
        let mut handled = JoinSet::new();
        for number in first..first + 1000 {
            let store = Arc::clone(&store);
            handled.spawn(async move { handle(&*store, &format!("size {number}")).await });
        }
        while let Some(handled) = handled.join_next().await {
            handled??;
        }
    }
    let size = bytes().await?.saturating_sub(before) as f64 / events as f64;

    let alone = {
        let (started, mut number) = (Instant::now(), 0_u32);
        while started.elapsed() < TIME {
            handle(&*store, &format!("alone {number}")).await?;
            number += 1;
        }
        started.elapsed() / number
    };

    let (started, mut tasks, mut handled) = (Instant::now(), JoinSet::new(), 0_u32);
    for task in 0..AT_ONCE {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut number = 0_u32;
            while started.elapsed() < TIME {
                handle(&*store, &format!("at once {task} {number}")).await?;
                number += 1;
            }
            Ok::<_, Box<dyn Error + Send + Sync>>(number)
        });
    }
    while let Some(task) = tasks.join_next().await {
        handled += task??;
    }
    let per_second = f64::from(handled) / started.elapsed().as_secs_f64();
    println!(
        "{name:<28}{:>10.1} us alone{per_second:>11.0} per second, {AT_ONCE} at once{size:>8.0} bytes per id",
        alone.as_secs_f64() * 1e6
    );
    Ok(())
}

async fn handle(store: &impl Store, id: &str) -> Result<()> {
    let key = Key::new("qrstudio", "costs", id.as_bytes());
    let terms = Terms::new(Duration::from_secs(30), RETENTION, 0)?;
    match store.claim(&key, &terms).await? {
        Outcome::Acquired(claim) => {
            store.commit(&claim).await?;
            Ok(())
        }
        other => Err(format!("{other:?}").into()),
    }
}

/// The resident memory of this program.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("VmRSS is missing")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? * 1024)
}
