//! `qrhook-simulation [--seed N] [--deliveries N] [--world N]`: see the page of the library.

use std::{
    env,
    process::ExitCode,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use qrhook_simulation::{Tally, World};

/// The events of one world.
const EVENTS: usize = 2000;

/// The most mistakes that are shown.
const SHOWN: usize = 5;

fn main() -> ExitCode {
    let (mut seed, mut deliveries, mut world) = (1_u64, 1_000_000_usize, None);
    let mut arguments = env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse::<u64>().ok());
        match (name.as_str(), value) {
            ("--seed", Some(value)) => seed = value,
            ("--deliveries", Some(value)) => deliveries = usize::try_from(value).unwrap_or(usize::MAX),
            ("--world", Some(value)) => world = Some(value),
            _ => {
                eprintln!("usage: qrhook-simulation [--seed N] [--deliveries N] [--world N]");
                return ExitCode::from(2);
            }
        }
    }
    qrhook_simulation::be_quiet();
    let started = Instant::now();
    let tally = match world {
        Some(seed) => World { seed, events: EVENTS, bug: None }.run(),
        None => all(seed, deliveries),
    };
    println!("{tally}");
    for wrong in tally.wrong.iter().take(SHOWN) {
        println!("WRONG: {wrong}");
    }
    eprintln!("{} deliveries in {:.1} s, from the seed {seed}", tally.deliveries(), started.elapsed().as_secs_f64());
    if tally.wrong.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("{} are wrong. Run one world again with --world and its number.", tally.wrong.len());
    ExitCode::FAILURE
}

/// Runs worlds on all cores until there are enough deliveries. Which worlds those are does not depend on the cores.
fn all(seed: u64, deliveries: usize) -> Tally {
    let (next, done) = (AtomicU64::new(0), AtomicUsize::new(0));
    let (enough, tallies) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while !enough.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let world = seed.wrapping_mul(1_000_003).wrapping_add(number);
                    let tally = World { seed: world, events: EVENTS, bug: None }.run();
                    let sum = done.fetch_add(tally.deliveries(), Ordering::Relaxed).saturating_add(tally.deliveries());
                    enough.fetch_or(sum >= deliveries, Ordering::Relaxed);
                    if let Ok(mut tallies) = tallies.lock() {
                        tallies.push((number, tally));
                    }
                }
            });
        }
    });
    let mut tallies = tallies.into_inner().unwrap_or_default();
    tallies.sort_by_key(|(number, _)| *number);
    let mut sum = Tally::default();
    for (_, tally) in tallies {
        // A core may have finished one world more than needed.
        if sum.deliveries() < deliveries {
            sum.add(tally);
        }
    }
    sum
}
