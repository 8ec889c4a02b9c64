//! The command, as somebody runs it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails, and nobody else uses it")]

mod bounds;
mod crash;
mod demo;
mod listen;
mod output;
mod send;
mod shared;
mod sign;
mod stalled;
mod support;
mod usage;
mod verify;
