//! SQLite: the more claimers wait, the more of them share one transaction.

use std::sync::Arc;

use qrhook_sqlite::SqliteStore;

use super::{
    super::{
        Plan, Result,
        results::{Row, Window},
        target,
    },
    Ours, turn,
};

const CLAIMERS: [(usize, &str); 3] =
    [(1, "SQLite, 1 claimer"), (8, "SQLite, 8 claimers against one"), (64, "SQLite, 64 claimers against one")];

pub async fn measure(plan: Plan) -> Result<Vec<Row>> {
    // On the disk of the target folder: the system's folder for temporary files may be in memory, where nothing is
    // synced.
    std::fs::create_dir_all(target())?;
    let folder = tempfile::tempdir_in(target())?;
    let store = Arc::new(Ours(SqliteStore::open(folder.path().join("qrhook.db"))?));
    let mut windows = [const { Vec::new() }; CLAIMERS.len()];
    turn(&mut Window::default(), &store, 1, plan.time).await?;
    for _ in 0..plan.rounds {
        let mut round = [Window::default(); CLAIMERS.len()];
        for _ in 0..plan.turns {
            for (window, (claimers, _)) in round.iter_mut().zip(CLAIMERS) {
                turn(window, &store, claimers, plan.time).await?;
            }
        }
        windows.iter_mut().zip(round).for_each(|(of_these, window)| of_these.push(window));
    }
    let (base, alone) = (CLAIMERS[0].1, &windows[0]);
    let row = |(of_these, (_, name)): (&Vec<_>, (usize, &str))| Row::of(name, (name, of_these), (base, alone));
    Ok(windows.iter().zip(CLAIMERS).map(row).collect())
}
