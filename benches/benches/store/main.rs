//! The memory store compared with a map and a cache: the time of a claim with its commit, the memory of an id, and the
//! longest step. The keys are made beforehand.
//!
//! ```text
//! store                     all stores at all sizes, in several rounds; writes target/results/store.json
//! store --quick             one round of the small sizes, to check that it works
//! store one STORE IDS       one store; the above run each in a separate process, so that none starts with warm memory
//! ```

mod clock;
mod measure;
#[path = "../processor.rs"]
mod processor;
mod stores;

use std::{
    env,
    process::{Command, Stdio},
};

use qrhook_benches::results::{self, Result, StoreRound, StoreRow, spread};

/// Not a store: one access to as much memory.
const LOOK: &str = "one memory access";

/// The number of ids, the number of rounds, and the stores. The cache would take minutes and gigabytes for the largest.
const SIZES: [(usize, u32, &[&str]); 3] = [
    (1_000, 5, &[LOOK, "qrhook", "DashMap", "moka"]),
    (1_000_000, 5, &[LOOK, "qrhook", "DashMap", "moka"]),
    (10_000_000, 3, &[LOOK, "qrhook", "DashMap"]),
];

fn main() -> Result<()> {
    // `cargo bench` adds this argument.
    let arguments: Vec<_> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => all(&SIZES, u32::MAX),
        ["--quick"] => all(&SIZES[..2], 1),
        ["one", store, ids] => {
            let ids = ids.parse()?;
            let round = if *store == LOOK { measure::look(ids) } else { measure::round(store, ids)? };
            println!("{}", serde_json::to_string(&round)?);
            Ok(())
        }
        _ => Err("store [--quick] | store one STORE IDS".into()),
    }
}

fn all(sizes: &[(usize, u32, &[&str])], most_rounds: u32) -> Result<()> {
    let mut rows = Vec::new();
    for &(ids, rounds, stores) in sizes {
        let mut of_this_size: Vec<_> =
            stores.iter().map(|store| StoreRow { store: (*store).to_owned(), ids, rounds: Vec::new() }).collect();
        for _ in 0..rounds.min(most_rounds) {
            for row in &mut of_this_size {
                row.rounds.push(in_a_child(&row.store, ids)?);
            }
        }
        of_this_size.iter().for_each(print);
        rows.extend(of_this_size);
    }
    results::write("store.json", &rows)
}

fn in_a_child(store: &str, ids: usize) -> Result<StoreRound> {
    let output =
        Command::new(env::current_exe()?).args(["one", store, &ids.to_string()]).stderr(Stdio::inherit()).output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn print(row: &StoreRow) {
    let median = |value: fn(&StoreRound) -> f64| {
        spread(&row.rounds.iter().map(value).collect::<Vec<_>>()).map_or(f64::NAN, |(median, ..)| median)
    };
    println!(
        "{:<10}{:>10} ids: {:>6.0} ns growing, {:>6.0} ns at that size (0: not known), {:>5.0} bytes per id, longest step {:>7.2} ms",
        row.store,
        row.ids,
        median(|round| round.growing_ns),
        median(|round| round.steady_ns.unwrap_or_default()),
        median(|round| round.bytes),
        median(|round| round.longest_ms)
    );
}
