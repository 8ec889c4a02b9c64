//! Counts allocations, instructions and the memory of a remembered id, and fails if one exceeds its bound in
//! `counts.toml`.
//!
//! Counts are the same in each run, so a regression is noticed on the day it happens. Instructions need valgrind; they
//! depend on the compiler and the features of the processor, so their bounds leave some room.

use std::{collections::BTreeMap, env, fs, process::Command, time::Duration};

use allocation_counter::measure;
use qrhook::{
    MemoryStore, Store,
    store::{Key, Outcome, Terms},
    testing::block_on,
};
use qrhook_benches::{
    results::{self, Count, Result},
    subjects::{self, SUBJECTS},
};
use serde::Deserialize;

type Counts = BTreeMap<String, f64>;

#[derive(Deserialize)]
struct Bounds {
    allocations: Counts,
    bytes: Counts,
    instructions: Counts,
    bytes_an_id: Counts,
}

fn main() -> Result<()> {
    let bounds: Bounds = toml::from_str(&fs::read_to_string(results::package().join("counts.toml"))?)?;
    let mut counts = Vec::new();
    let mut add = |unit: &str, bounds: &Counts, name: &str, counted: f64| -> Result<()> {
        let bound = *bounds.get(name).ok_or_else(|| format!("counts.toml has no bound for the {unit} of `{name}`"))?;
        let verdict = if counted > bound { "OVER ITS BOUND" } else { "" };
        println!("{unit:<14}{name:<40}{counted:>12.1}{bound:>12}  {verdict}");
        counts.push(Count { name: name.to_owned(), unit: unit.to_owned(), counted, bound });
        Ok(())
    };
    println!("{:<14}{:<40}{:>12}{:>12}", "", "", "counted", "bound");
    for subject in SUBJECTS {
        let (allocations, bytes) = allocations(&(subject.prepare)());
        add("allocations", &bounds.allocations, subject.name, allocations)?;
        add("bytes", &bounds.bytes, subject.name, bytes)?;
        let limit = match subject.limit {
            Some(_) => instructions(&format!("limit of {}", subject.name))?,
            None => 0.0,
        };
        add("instructions", &bounds.instructions, subject.name, instructions(subject.name)? - limit)?;
    }
    for (name, ids) in [("1 million", 1_000_000), ("10 million", 10_000_000)] {
        add("bytes per id", &bounds.bytes_an_id, name, bytes_an_id(ids)?)?;
    }
    results::write("counts.json", &counts)?;
    if counts.iter().any(|count| count.counted > count.bound) {
        return Err("over a bound: make it cheaper, or raise the bound and explain why in the commit".into());
    }
    Ok(())
}

fn allocations(call: &subjects::Call) -> (f64, f64) {
    // The first call allocates what is made only once, such as the counter of shared bytes.
    call();
    let counted = measure(call);
    (counted.count_total as f64, counted.bytes_total as f64)
}

/// The instructions of one call: the difference of two runs, so that the start of the program does not count.
fn instructions(subject: &str) -> Result<f64> {
    let (few, many) = (10, 60);
    Ok((collected(subject, many)? - collected(subject, few)?) / f64::from(many - few))
}

fn collected(subject: &str, times: u32) -> Result<f64> {
    let calls = env::current_exe()?.with_file_name("calls");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(calls)
        .args([subject, &times.to_string()])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find_map(|line| line.split_once("Collected : ")).filter(|_| output.status.success());
    let (_, count) = line.ok_or_else(|| format!("valgrind failed:\n{text}"))?;
    Ok(count.trim().parse()?)
}

/// The memory that the memory store holds for each handled id.
fn bytes_an_id(ids: u32) -> Result<f64> {
    let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(72 * 3600), 0)?;
    let mut kept = None;
    let held = measure(|| {
        let store = MemoryStore::new().with_max_ids(usize::MAX);
        kept = Some((0..ids).try_for_each(|id| handle(&store, id, &terms)).map(|()| store));
    });
    kept.transpose()?;
    Ok(held.bytes_current as f64 / f64::from(ids))
}

fn handle(store: &MemoryStore, id: u32, terms: &Terms) -> Result<()> {
    let key = Key::new("qrstudio", "bench", &id.to_be_bytes());
    let Outcome::Acquired(claim) = block_on(store.claim(&key, terms))? else { return Err("claimed before".into()) };
    block_on(store.commit(&claim))?;
    Ok(())
}
