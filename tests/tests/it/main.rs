//! What is proven across the crates.
#![expect(
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and nobody else uses it"
)]

mod client;
mod dependencies;
mod direction;
mod exactly_once;
mod examples;
mod program;
mod reference;
mod scenario;
mod shutdown;
mod suite;
mod surface;
mod table;
mod vectors;
