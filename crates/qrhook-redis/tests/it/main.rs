//! The store from outside, with real servers.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and nobody else uses it"
)]

mod contract;
mod support;
