//! Random sequences of steps and passing time, run on a store and on a plain model of it. The two must agree.
//!
//! The contract in `qrhook::testing` has a rule for each case that somebody thought of; this finds the others. A sequence
//! on which they differ is shortened as far as possible before it is shown.

mod model;
mod steps;

use std::pin::Pin;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use qrhook::testing::Subject;

use self::{model::Model, steps::steps};

/// The variable that sets the seed of [`check`]; see `scripts/search`.
const SEED: &str = "QRHOOK_SEED";

/// Tries this many random sequences, each on a fresh store. `wait` runs one of them to its end: with
/// `qrhook::testing::block_on`, or on the runtime that the store needs.
///
/// The sequences are always the same unless `QRHOOK_SEED` is set to another number.
///
/// # Panics
///
/// Panics if the store and the model differ, with the shortest such sequence that was found and the seed.
pub fn check<S: Subject>(
    sequences: u32,
    subject: &S,
    wait: impl Fn(Pin<Box<dyn Future<Output = Result<(), String>> + '_>>) -> Result<(), String>,
) {
    let seed = std::env::var(SEED).map_or(0, |seed| seed.parse().expect("QRHOOK_SEED is a number"));
    check_from(seed, sequences, subject, wait);
}

/// Like [`check`], but with this seed, whatever `QRHOOK_SEED` is.
///
/// # Panics
///
/// Panics when [`check`] does.
pub fn check_from<S: Subject>(
    seed: u64,
    sequences: u32,
    subject: &S,
    wait: impl Fn(Pin<Box<dyn Future<Output = Result<(), String>> + '_>>) -> Result<(), String>,
) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { cases: sequences, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new_with_rng(config, random)
        .run(&steps(), |steps| wait(Box::pin(Model::compare(subject, &steps))).map_err(TestCaseError::fail));
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(difference, steps)) => {
            panic!("{difference}, in these steps:\n{steps:#?}\n{SEED}={seed} repeats it")
        }
        Err(error) => panic!("{error}; {SEED}={seed} repeats it"),
    }
}
