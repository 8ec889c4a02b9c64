//! Why an authentic body is not a usable event.

use std::fmt;

/// Why an authentic body is not a usable event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyProblem {
    /// The body is not a JSON object.
    NotAnObject,
    /// The body is nested too deeply.
    TooDeep {
        /// The deepest nesting that is accepted.
        limit: usize,
    },
    /// The event has no usable id, which is any string that is not empty.
    NoId {
        /// The field that should hold it.
        field: &'static str,
    },
    /// The form does not name its event.
    NoEvent {
        /// The field that should name it.
        field: &'static str,
    },
    /// The form has too many fields.
    TooManyFields {
        /// The most fields that are accepted.
        limit: usize,
    },
    /// The form is incomplete, or does not match its content type.
    BrokenForm,
}

impl fmt::Display for BodyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject => f.write_str("the body is not a JSON object"),
            Self::TooDeep { limit } => write!(f, "the body is nested more than {limit} levels deep"),
            Self::NoId { field } => write!(f, "the event has no usable `{field}`"),
            Self::NoEvent { field } => write!(f, "the form has no `{field}`"),
            Self::TooManyFields { limit } => write!(f, "the form has more than {limit} fields"),
            Self::BrokenForm => f.write_str("the form is incomplete or does not match its content type"),
        }
    }
}

impl std::error::Error for BodyProblem {}
