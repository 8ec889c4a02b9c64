//! The verified content of a request.

use bytes::Bytes;

use super::Form;

/// The verified content of a request, not decoded yet.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Content<'a> {
    /// The raw body of a sender that signs it.
    Body(&'a Bytes),
    /// The form of a sender that repeats its secret in a field, without that field.
    Form(&'a Form<'a>),
}
