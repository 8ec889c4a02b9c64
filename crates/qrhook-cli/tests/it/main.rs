//! The command, as somebody runs it.

mod crash;
mod demo;
mod listen;
mod output;
mod send;
mod sign;
mod support;
mod usage;
mod verify;
