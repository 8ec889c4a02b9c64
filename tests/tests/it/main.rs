//! Tests that span the crates.
#![expect(
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test may panic, and no other crate uses this one"
)]

mod client;
mod dependencies;
mod direction;
mod exactly_once;
mod examples;
mod laws;
mod program;
mod reference;
mod scenario;
mod shutdown;
mod suite;
mod surface;
mod table;
mod vectors;
