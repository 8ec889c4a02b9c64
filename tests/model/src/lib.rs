//! Random sequences of steps and of time that passes, taken on a store and on a plain model of it, which have to agree.
//!
//! The contract in `qrhook::testing` has a rule for each thing that was thought of; this is for what was not. A sequence
//! on which they differ is made as short as possible before it is shown.

mod model;
mod steps;

use std::pin::Pin;

use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use qrhook::testing::Subject;

use self::{model::Model, steps::steps};

/// Tries so many random sequences, each on a fresh store. `wait` runs one of them to its end: by
/// `qrhook::testing::block_on`, or on the runtime that the store needs.
///
/// # Panics
///
/// With the shortest sequence that was found on which the store and the model differ.
pub fn check<S: Subject>(
    sequences: u32,
    subject: &S,
    wait: impl Fn(Pin<Box<dyn Future<Output = Result<(), String>> + '_>>) -> Result<(), String>,
) {
    let config = Config { cases: sequences, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config)
        .run(&steps(), |steps| wait(Box::pin(Model::compare(subject, &steps))).map_err(TestCaseError::fail));
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(difference, steps)) => panic!("{difference}, after these steps:\n{steps:#?}"),
        Err(error) => panic!("{error}"),
    }
}
