//! The results of `benches/pieces`: one folder for each round, in criterion's layout.

use std::{collections::BTreeMap, fs, path::Path};

use qrhook_benches::results::{Result, folder};
use serde::Deserialize;

use super::figures::{Figure, Figures, cell};

/// The groups in the order of the page, with their titles.
const GROUPS: [(&str, &str); 15] = [
    ("verify-512", "`t=,v1=` verified, 0.5 KB"),
    ("verify-4096", "the same, 4 KB"),
    ("verify-65536", "the same, 64 KB"),
    ("verify-1048576", "the same, 1 MiB"),
    ("bare-hex-512", "bare hex verified, 0.5 KB"),
    ("typed-512", "`t=,v1=` verified and typed, 0.5 KB"),
    ("typed-4096", "the same, 4 KB: a long string"),
    ("typed-65536", "the same, 64 KB: a long string"),
    ("typed-unknown-4096", "the same, 4 KB: an unknown member"),
    ("typed-unknown-65536", "the same, 64 KB: an unknown member"),
    ("page-102400", "bare hex verified and typed: a page of 100 KiB"),
    ("form", "a form verified and typed"),
    ("secrets-1", "1 secret"),
    ("secrets-4", "4 secrets, the last one matches"),
    ("secrets-16", "16 secrets, the last one matches"),
];

/// The subject that is the base of its group.
const BASE: &str = "limit";

#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: String,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// The nanoseconds of one round, by group and subject.
type Round = BTreeMap<(String, String), f64>;

pub fn read(figures: &mut Figures) -> Result<String> {
    let mut rounds = Vec::new();
    for round in folders(&folder().join("pieces"))? {
        rounds.push(read_round(&round)?);
    }
    let mut table = String::from("| | base, us | qrhook | others |\n| --- | --- | --- | --- |\n");
    for (group, title) in GROUPS {
        let base = of(&rounds, group, BASE, |ns, _| ns / 1e3);
        let mut others = Vec::new();
        let mut ours = None;
        for subject in subjects(&rounds, group) {
            let ratios = of(&rounds, group, &subject, |ns, base| ns / base);
            let figure = figures.add(&format!("pieces/{group}/{subject}"), &ratios);
            match subject.as_str() {
                BASE => {}
                "qrhook" => ours = figure,
                _ => others.push(format!("{subject} {}", cell(figure))),
            }
        }
        table += &format!("| {title} | {} | {} | {} |\n", cell(Figure::of(&base)), cell(ours), others.join("<br>"));
    }
    Ok(table)
}

fn read_round(round: &Path) -> Result<Round> {
    let mut figures = Round::new();
    for group in folders(round)? {
        for subject in folders(&group)? {
            let new = subject.join("new");
            let Ok(benchmark) = fs::read(new.join("benchmark.json")) else { continue };
            let benchmark: Benchmark = serde_json::from_slice(&benchmark)?;
            let estimates: Estimates = serde_json::from_slice(&fs::read(new.join("estimates.json"))?)?;
            figures.insert((benchmark.group_id, benchmark.function_id), estimates.median.point_estimate);
        }
    }
    Ok(figures)
}

/// A value for each round in which both the subject and its base were measured.
fn of(rounds: &[Round], group: &str, subject: &str, value: fn(f64, f64) -> f64) -> Vec<f64> {
    let find = |round: &Round, subject: &str| round.get(&(group.to_owned(), subject.to_owned())).copied();
    rounds.iter().filter_map(|round| Some(value(find(round, subject)?, find(round, BASE)?))).collect()
}

fn subjects(rounds: &[Round], group: &str) -> Vec<String> {
    let keys = rounds.first().into_iter().flat_map(BTreeMap::keys);
    keys.filter(|(of, _)| of == group).map(|(_, subject)| subject.clone()).collect()
}

fn folders(path: &Path) -> Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(path).map_err(|_| "there are no results")?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    Ok(paths.collect::<std::io::Result<Vec<_>>>()?.into_iter().filter(|path| path.is_dir()).collect())
}
