//! A small simulation, and mistakes that it must notice.

use qrhook_simulation::{Bug, Tally, World, be_quiet};

const EVENTS: usize = 1500;

fn run(worlds: std::ops::Range<u64>, bug: Option<Bug>) -> Tally {
    be_quiet();
    let mut sum = Tally::default();
    for seed in worlds {
        sum.add(World { seed, events: EVENTS, bug }.run());
    }
    sum
}

#[test]
fn nothing_is_lost_or_handled_twice() {
    let tally = run(0..12, None);
    assert!(tally.wrong.is_empty(), "{tally}\n{}", tally.wrong.concat());
    // Everything that the simulation does to a delivery has happened at least once, so that this result means something.
    let causes = [
        "claim failed, no retries",
        "claim left by a crash",
        "commit failed",
        "crash before commit",
        "handler",
        "ids lost at a restart",
        "in flight",
        "no process",
        "slow body",
        "stale",
        "store",
    ];
    let found = tally.causes();
    let missing: Vec<_> = causes.iter().filter(|cause| !found.contains(cause)).collect();
    assert!(missing.is_empty(), "{missing:?} did not happen: {tally}");
}

#[test]
fn the_same_seed_gives_the_same_world() {
    let [first, second] = [(); 2].map(|()| run(3..5, None).to_string());
    assert_eq!(first, second);
    assert_ne!(first, run(5..7, None).to_string());
}

#[test]
fn mistakes_of_a_store_are_noticed() {
    for (bug, expected) in [
        (Bug::SkipsCommits, "it was handled twice without a cause"),
        (Bug::SkipsReleases, "without a cause"),
        (Bug::GrantsEverything, "it was handled twice without a cause"),
        (Bug::NeverDone, "an attempt ended with Status(503) without a cause"),
        (Bug::ForgetsEarly, "it was handled twice without a cause"),
        (Bug::ConfusesEvents, "it was acknowledged, but not handled"),
    ] {
        let tally = run(0..3, Some(bug));
        // The history tells what happened.
        let noticed = |wrong: &String| wrong.contains(expected) && wrong.contains("a request");
        assert!(tally.wrong.iter().any(noticed), "{bug:?} was not noticed: {tally}\n{:?}", tally.wrong.first());
    }
}
