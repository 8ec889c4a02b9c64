//! The results: a file for the report and a table for people.

use std::{fs, time::Duration};

use serde::Serialize;

use super::{Result, target};

/// One comparison over all rounds.
#[derive(Serialize)]
pub struct Row {
    pub row: String,
    pub ours: String,
    pub base: String,
    /// The ratio of ours to the base in requests per second, for each round: higher is better.
    pub ratios: Vec<f64>,
    /// The ratio in processor time, for each round: lower is better. Other work on the machine affects it less.
    pub cpu_ratios: Vec<f64>,
    /// Our requests, or claims with their commits, per second, for each round.
    pub rps: Vec<f64>,
    /// The processor time of one of them, in microseconds, for each round.
    pub cpu_us: Vec<f64>,
    /// The reason why there are no figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}

/// The measurements of a subject in one round.
#[derive(Clone, Copy, Default)]
pub struct Window {
    done: f64,
    seconds: f64,
    processor_seconds: f64,
}

impl Window {
    pub fn add(&mut self, done: usize, took: Duration, processor_time: Duration) -> Result<()> {
        self.done += f64::from(u32::try_from(done)?);
        self.seconds += took.as_secs_f64();
        self.processor_seconds += processor_time.as_secs_f64();
        Ok(())
    }

    fn rps(&self) -> f64 {
        self.done / self.seconds
    }

    fn cpu_us(&self) -> f64 {
        self.processor_seconds * 1e6 / self.done
    }
}

impl Row {
    /// Compares the windows of two subjects, round by round.
    pub fn of(row: &str, ours: (&str, &[Window]), base: (&str, &[Window])) -> Self {
        let ratios = |value: fn(&Window) -> f64| {
            ours.1.iter().zip(base.1).map(|(ours, base)| value(ours) / value(base)).collect()
        };
        Self {
            row: row.to_owned(),
            ours: ours.0.to_owned(),
            base: base.0.to_owned(),
            ratios: ratios(Window::rps),
            cpu_ratios: ratios(Window::cpu_us),
            rps: ours.1.iter().map(Window::rps).collect(),
            cpu_us: ours.1.iter().map(Window::cpu_us).collect(),
            skipped: None,
        }
    }
}

/// Writes the file and prints the table.
pub fn write(rows: &[Row]) -> Result<()> {
    let folder = target().join("results");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("load.json"), serde_json::to_vec_pretty(rows)?)?;
    println!("{:<48}{:>24}{:>24}{:>12}{:>10}", "", "per second, to base", "processor, to base", "per second", "us");
    for row in rows {
        let (rps, cpu) = (median(&row.rps), median(&row.cpu_us));
        match &row.skipped {
            Some(reason) => println!("{:<48}  skipped: {reason}", row.row),
            None => {
                let (ratios, cpu_ratios) = (spread(&row.ratios), spread(&row.cpu_ratios));
                println!("{:<48}{ratios:>24}{cpu_ratios:>24}{rps:>12.0}{cpu:>10.2}", row.row);
            }
        }
    }
    Ok(())
}

fn spread(values: &[f64]) -> String {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(0.0, f64::max);
    format!("{:.3} ({low:.3}-{high:.3})", median(values))
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
