//! What only the layer does. What it has in common with the other ways in stands in the project's scenarios.
#![expect(unreachable_pub, clippy::unwrap_used, reason = "a test that cannot go on fails, and nobody else uses it")]

mod claimed;
mod client;
mod layer;
#[cfg(feature = "serve")]
mod serve;
mod server;
mod stack;
