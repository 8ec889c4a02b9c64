//! Forms and JSON as the bytes that strangers send: bounded, and nothing typed.
//!
//! The lowest layer of the crate. Reading here is linear in the body, never recurses, and allocates no more than a
//! small multiple of it, because for a sender whose secret stands in the body it comes before the proof.

pub(crate) mod budget;
mod content;
pub(crate) mod form;
mod hex;
pub(crate) mod json;
mod problem;

pub use self::{content::Content, form::Form, problem::BodyProblem};

/// The longest part of a name that is quoted.
const QUOTED: usize = 64;

/// The start of a name that can be anything, safe for a log line.
pub(crate) fn quote(name: &str) -> String {
    name.escape_debug().take(QUOTED).collect()
}
