//! The command, as a user runs it.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails, and nothing else uses it")]

mod bounds;
mod crash;
mod demo;
mod doctor;
mod init;
mod leaks;
mod listen;
mod metrics;
mod output;
mod rotation;
mod send;
mod senders;
mod shared;
mod sign;
mod stalled;
mod support;
mod usage;
mod verify;
