//! Tests through the public API, on real servers.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail, and nothing else uses it"
)]

mod answers;
mod cluster;
mod connecting;
mod contract;
mod crash;
mod dropped;
mod failover;
mod outage;
mod records;
mod rights;
mod secrets;
mod support;
mod time;
#[cfg(feature = "rustls")]
mod tls;
mod way;
