//! The results of `load`: `target/results/load.json`, a list of rows.

use qrhook_benches::results::{self, Result};
use serde::Deserialize;

use super::figures::{Figure, Figures, cell};

/// One comparison. Other members that `load` writes are ignored.
#[derive(Deserialize)]
struct Row {
    row: String,
    ours: String,
    base: String,
    /// The ratio of ours to the base in requests or claims per second, for each round.
    ratios: Vec<f64>,
    /// The same ratio in processor time.
    #[serde(default)]
    cpu_ratios: Vec<f64>,
    #[serde(default)]
    rps: Vec<f64>,
    #[serde(default)]
    cpu_us: Vec<f64>,
    skipped: Option<String>,
}

pub fn read(figures: &mut Figures) -> Result<String> {
    let mut table = String::from(
        "| | per second, relative to the base | processor time, relative to the base | per second | \
         processor time of one, us |\n\
         | --- | --- | --- | --- | --- |\n",
    );
    for row in results::read::<Vec<Row>>("load.json").map_err(|_| "there are no results")? {
        let name = &row.row;
        if let Some(reason) = row.skipped {
            table += &format!("| {name} | skipped: {reason} | | | |\n");
            continue;
        }
        let rate = figures.add(&format!("load/{name}/rate"), &row.ratios);
        let times: Vec<_> = row.ratios.iter().map(|ratio| 1.0 / ratio).collect();
        figures.add(&format!("load/{name}/time"), &times);
        let processor = figures.add(&format!("load/{name}/processor"), &row.cpu_ratios);
        let [rps, us] = [&row.rps, &row.cpu_us].map(|rounds| cell(Figure::of(rounds)));
        let is_base = row.ours == row.base;
        let [rate, processor] = [rate, processor].map(|ratio| if is_base { "1".to_owned() } else { cell(ratio) });
        table += &format!("| {name} | {rate} | {processor} | {rps} | {us} |\n");
    }
    Ok(table)
}
