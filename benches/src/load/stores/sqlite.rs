//! SQLite: the more wait, the more share one transaction.

use std::sync::Arc;

use qrhook_sqlite::SqliteStore;

use super::{
    super::{
        Plan, Result,
        results::{Measure, Row},
        target,
    },
    Ours, window,
};

const CLAIMERS: [(usize, &str); 3] =
    [(1, "SQLite, 1 claimer"), (8, "SQLite, 8 claimers against one"), (64, "SQLite, 64 claimers against one")];

pub async fn measure(plan: Plan) -> Result<Vec<Row>> {
    // On the disk that builds are on: the system's folder for such files may be in memory, where nothing is synced.
    std::fs::create_dir_all(target())?;
    let folder = tempfile::tempdir_in(target())?;
    let store = Arc::new(Ours(SqliteStore::open(folder.path().join("qrhook.db"))?));
    let mut windows = [const { Vec::new() }; CLAIMERS.len()];
    for _ in 0..plan.rounds {
        for (of_these, (claimers, _)) in windows.iter_mut().zip(CLAIMERS) {
            of_these.push(window(&store, claimers, plan.time).await?);
        }
    }
    let (base, alone) = (CLAIMERS[0].1, &windows[0]);
    let row =
        |(of_these, (_, name)): (&Vec<_>, (usize, &str))| Row::of(name, Measure::Rps, (name, of_these), (base, alone));
    Ok(windows.iter().zip(CLAIMERS).map(row).collect())
}
