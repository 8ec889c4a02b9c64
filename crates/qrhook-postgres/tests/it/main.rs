//! Tests through the public API, on real servers.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail, and nothing else uses it"
)]

mod connecting;
mod contract;
mod dropped;
mod full;
mod locks;
mod logs;
mod outages;
mod rights;
mod secrets;
mod support;
mod sweeping;
mod time;
#[cfg(feature = "rustls")]
mod tls;
mod transaction;
mod writes;
