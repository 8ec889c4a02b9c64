//! The folder of the results, and the format of the files that the report reads.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// A count: exact and the same in each run.
#[derive(Serialize, Deserialize)]
pub struct Count {
    pub name: String,
    pub unit: String,
    pub counted: f64,
    /// The highest value that is allowed.
    pub bound: f64,
}

/// One store at one size, over all rounds.
#[derive(Serialize, Deserialize)]
pub struct StoreRow {
    pub store: String,
    pub ids: usize,
    pub rounds: Vec<StoreRound>,
}

/// A store in one round.
#[derive(Clone, Serialize, Deserialize)]
pub struct StoreRound {
    /// The time of a claim and its commit while the store grows from empty to this size.
    pub growing_ns: f64,
    /// The same while as many ids pass their retention as come in. Not measured if the store's clock cannot be moved.
    pub steady_ns: Option<f64>,
    /// Resident memory for each id.
    pub bytes: f64,
    /// The longest step of [`STEP`](StoreRound::STEP) claims with their commits.
    pub longest_ms: f64,
}

impl StoreRound {
    /// The number of claims that are timed together, because reading the clock costs as much as a claim.
    pub const STEP: usize = 250;
}

/// The folder of this package.
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the results.
pub fn folder() -> PathBuf {
    package().join("target/results")
}

pub fn read<T: DeserializeOwned>(file: &str) -> Result<T> {
    let path = folder().join(file);
    let text = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_slice(&text)?)
}

pub fn write(file: &str, results: &impl Serialize) -> Result<()> {
    fs::create_dir_all(folder())?;
    Ok(fs::write(folder().join(file), serde_json::to_vec_pretty(results)?)?)
}

/// The median, the lowest and the highest of these values.
pub fn spread(values: &[f64]) -> Option<(f64, f64, f64)> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    Some((*values.get(values.len() / 2)?, *values.first()?, *values.last()?))
}
