//! Bounded reading of forms and JSON from unauthenticated clients, as untyped bytes.
//!
//! The lowest layer of the crate. Reading is linear in the size of the body, never recurses, and allocates no more than
//! a small multiple of that size, because for a sender whose secret is in the body it comes before the proof.

pub(crate) mod budget;
mod content;
pub(crate) mod form;
mod hex;
pub(crate) mod json;
mod problem;

pub use self::{content::Content, form::Form, problem::BodyProblem};

/// The most characters of a name that are quoted.
const QUOTED: usize = 64;

/// The start of an arbitrary name, escaped so that it is safe in a log line.
pub(crate) fn quote(name: &str) -> String {
    name.escape_debug().take(QUOTED).collect()
}
