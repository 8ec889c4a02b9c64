//! Claims and their commits without HTTP: SQLite with more and more claimers, and the servers against loops that send
//! the same statements directly with the client libraries.

mod postgres;
mod redis;
mod sqlite;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use qrhook::store::{Key, Outcome, Settled, Store, Terms};
use tokio::{runtime::Builder, task::JoinSet};

use super::{
    Plan, Result, processor,
    results::{Row, Window},
};

pub const LEASE: Duration = Duration::from_secs(30);
pub const RETENTION: Duration = Duration::from_secs(72 * 3600);

/// Something that claims an event and commits the claim. Many tasks may call it in parallel.
pub trait Cycle: Send + Sync + 'static {
    fn cycle(&self, key: Key) -> impl Future<Output = Result<()>> + Send;
}

/// This project's way, through the store.
pub struct Ours<S>(pub S);

impl<S: Store> Cycle for Ours<S> {
    async fn cycle(&self, key: Key) -> Result<()> {
        let terms = Terms::new(LEASE, RETENTION, 0)?;
        let Outcome::Acquired(claim) = self.0.claim(&key, &terms).await? else { return Err("it was claimed".into()) };
        match self.0.commit(&claim).await? {
            Settled::Applied => Ok(()),
            _ => Err("it was lost".into()),
        }
    }
}

pub fn measure(plan: Plan) -> Result<Vec<Row>> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut rows = sqlite::measure(plan).await?;
        rows.extend(or_skipped("Redis", redis::measure(plan)).await?);
        // Also without the disk, whose time varies more between turns than the clients differ.
        for (name, fsync) in [("Postgres", "on"), ("Postgres, fsync off", "off")] {
            rows.extend(or_skipped(name, postgres::measure(plan, name, fsync)).await?);
        }
        Ok(rows)
    })
}

/// Measures in a separate task: a server that cannot be started panics with the name of the package to install.
async fn or_skipped(name: &str, measured: impl Future<Output = Result<Vec<Row>>> + Send + 'static) -> Result<Vec<Row>> {
    match tokio::spawn(measured).await {
        Ok(rows) => rows,
        Err(panicked) => {
            let mut row = Row::of(name, (name, &[]), (name, &[]));
            row.skipped = Some(format!("its server could not be started: {panicked}"));
            Ok(vec![row])
        }
    }
}

/// One turn with this many tasks, each of which runs one cycle after the other.
async fn turn(window: &mut Window, subject: &Arc<impl Cycle>, tasks: usize, time: Duration) -> Result<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let (before, started, mut running) = (processor::time_of_this()?, Instant::now(), JoinSet::new());
    for _ in 0..tasks {
        let subject = Arc::clone(subject);
        running.spawn(async move {
            let mut done = 0_usize;
            while started.elapsed() < time {
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                subject.cycle(Key::new("qrstudio", "load", &number.to_be_bytes())).await?;
                done += 1;
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(done)
        });
    }
    let mut done = 0;
    while let Some(task) = running.join_next().await {
        done += task??;
    }
    let (took, spent) = (started.elapsed(), processor::time_of_this()?.saturating_sub(before));
    window.add(done, took, spent)
}

/// Compares a store with a loop of its client library, with one task and with many.
async fn against_raw(name: &str, plan: Plan, ours: Arc<impl Cycle>, raw: Arc<impl Cycle>) -> Result<Vec<Row>> {
    const TASKS: [(usize, &str); 2] = [(1, "1 task"), (64, "64 tasks")];
    let mut rows = Vec::new();
    for (tasks, said) in TASKS {
        let (mut of_ours, mut of_raw) = (Vec::new(), Vec::new());
        // The first turns only connect and do not count.
        turn(&mut Window::default(), &raw, tasks, plan.time).await?;
        turn(&mut Window::default(), &ours, tasks, plan.time).await?;
        for _ in 0..plan.rounds {
            let (mut raw_window, mut our_window) = <(Window, Window)>::default();
            for _ in 0..plan.turns {
                turn(&mut raw_window, &raw, tasks, plan.time).await?;
                turn(&mut our_window, &ours, tasks, plan.time).await?;
            }
            of_raw.push(raw_window);
            of_ours.push(our_window);
        }
        let (title, base) = (format!("{name} against its raw client, {said}"), format!("{name}, raw client, {said}"));
        let ours = format!("{name}, {said}");
        rows.push(Row::of(&base, (&base, &of_raw), (&base, &of_raw)));
        rows.push(Row::of(&title, (&ours, &of_ours), (&base, &of_raw)));
    }
    Ok(rows)
}
