//! The subcommands.

pub(crate) mod demo;
pub(crate) mod listen;
pub(crate) mod send;
pub(crate) mod sign;
pub(crate) mod verify;
