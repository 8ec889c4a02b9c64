//! Tests of behaviour that is specific to axum and tower. The project's scenarios test the behaviour that all adapters
//! share.
#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a failed `unwrap` fails the test, and a test binary exports nothing"
)]

mod claimed;
mod client;
mod layer;
#[cfg(feature = "serve")]
mod serve;
mod server;
mod stack;
mod tenants;
