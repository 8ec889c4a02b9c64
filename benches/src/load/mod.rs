//! The parts of `load`.

mod child;
mod client;
mod http;
mod processor;
mod requests;
mod results;
mod scripted;
mod serve;
mod stores;
mod table;

use std::{error::Error, path::PathBuf, thread, time::Duration};

pub use self::{http::drive, serve::serve};

pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The size of the measurement.
#[derive(Clone, Copy)]
pub struct Plan {
    rounds: u32,
    /// How often the subjects take turns in each round, so that other work on the machine affects all of them.
    turns: u32,
    /// The longest time of one turn.
    time: Duration,
    /// The most requests of one turn.
    requests: usize,
}

pub const FULL: Plan = Plan { rounds: 9, turns: 6, time: Duration::from_millis(120), requests: 12_000 };
pub const QUICK: Plan = Plan { rounds: 1, turns: 1, time: Duration::from_millis(60), requests: 3_000 };

/// Measures everything and writes the results.
pub fn run(plan: Plan) -> Result<()> {
    // In a separate thread, because it is pinned to the client's core. Its end also ends its servers.
    let mut rows = thread::spawn(move || http::measure(plan)).join().map_err(|_| "the client panicked")??;
    rows.extend(stores::measure(plan)?);
    results::write(&rows)
}

/// The folder for installed packages and results.
fn target() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target")
}
