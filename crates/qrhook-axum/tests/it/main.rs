//! The three ways in, over real sockets.
#![expect(
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and nobody else uses it"
)]

mod client;
mod hangup;
mod layer;
mod server;
mod ways;
