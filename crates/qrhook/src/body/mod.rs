//! Forms and JSON as the bytes that strangers send: bounded, and nothing typed.
//!
//! The lowest layer of the crate. Reading here is linear in the body, never recurses, and allocates no more than a
//! small multiple of it, because for a sender whose secret stands in the body it comes before the proof.

pub(crate) mod budget;
mod content;
pub(crate) mod form;
pub(crate) mod json;
mod problem;

pub use self::{content::Content, form::Form, problem::BodyProblem};
