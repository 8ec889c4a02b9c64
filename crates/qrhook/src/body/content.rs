//! What a sender proved to have sent.

use bytes::Bytes;

use super::Form;

/// What a sender proved to have sent, not decoded yet.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Content<'a> {
    /// The raw body of a sender that signs it.
    Body(&'a Bytes),
    /// The form of a sender that repeats its secret in it, without that field.
    Form(&'a Form<'a>),
}
