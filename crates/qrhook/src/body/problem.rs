//! Why an authentic body is not a usable event.

use std::fmt;

/// Why an authentic body is not a usable event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyProblem {
    /// It is not a JSON object.
    NotAnObject,
    /// It is nested too deeply.
    TooDeep {
        /// The deepest nesting that is accepted.
        limit: usize,
    },
    /// It has no id: a string that is not empty.
    NoId {
        /// The field that was looked for.
        field: &'static str,
    },
    /// The form does not name its event.
    NoEvent {
        /// The field that was looked for.
        field: &'static str,
    },
    /// The form has too many fields.
    TooManyFields {
        /// The most that are accepted.
        limit: usize,
    },
    /// The form breaks off, or is not what its content type says.
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
            Self::BrokenForm => f.write_str("the form breaks off or is not what its content type says"),
        }
    }
}

impl std::error::Error for BodyProblem {}
