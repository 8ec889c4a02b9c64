//! Tests through the public API.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail, and nothing else uses it"
)]

mod batching;
mod contract;
#[cfg(unix)]
mod crash;
mod full;
mod opening;
#[cfg(target_os = "linux")]
mod others;
#[cfg(target_os = "linux")]
mod small_disk;
mod support;
mod time;
#[cfg(unix)]
mod vanished;
