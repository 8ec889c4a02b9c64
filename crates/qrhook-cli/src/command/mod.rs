//! The commands, one file or folder each.

pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod init;
pub(crate) mod listen;
pub(crate) mod man;
pub(crate) mod send;
pub(crate) mod sign;
pub(crate) mod verify;
