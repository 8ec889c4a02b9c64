//! Bodies as bytes that strangers send: bounded, and nothing typed.

pub(crate) mod budget;
