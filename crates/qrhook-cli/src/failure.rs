//! The failures of a command, and their exit codes.

use std::{error::Error, fmt, process::ExitCode};

use http::StatusCode;
use qrhook::{Rejection, VerifyError};

use crate::{
    stderr_lines::{note, note_failure},
    terminal::Unwritten,
};

/// The failure of a command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage, an unreadable file, or an unusable secret: exit code 2.
    Usage(String),
    /// The command failed: exit code 1.
    Failed(String),
    /// The request was not verified: exit code 1.
    Rejected {
        /// The reason.
        error: VerifyError,
        /// The name by which `doctor` knows the sender, if it does.
        doctor: Option<&'static str>,
    },
    /// The output already shows the failure: exit code 1.
    Reported,
}

impl Failure {
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self::Failed(text.into())
    }

    /// Writes the failure to standard error.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Usage(_) => {
                note_failure(format_args!("error: {self}"));
                ExitCode::from(2)
            }
            Self::Failed(_) => {
                note_failure(format_args!("error: {self}"));
                ExitCode::FAILURE
            }
            Self::Rejected { error, doctor } => {
                note_failure(format_args!("rejected: {self}"));
                if let Some(sender) = doctor
                    && Rejection::from(error.clone()).status() == StatusCode::UNAUTHORIZED
                {
                    note(format_args!("hint: `qrhook doctor {sender}` with the same arguments looks for the mistake"));
                }
                ExitCode::FAILURE
            }
            Self::Reported => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Failed(text) => f.write_str(text),
            Self::Rejected { error, .. } => write!(f, "{}: {error}", error.reason()),
            Self::Reported => f.write_str("see above"),
        }
    }
}

impl From<Unwritten> for Failure {
    fn from(Unwritten(error): Unwritten) -> Self {
        Self::failed(format!("cannot write to standard output: {error}"))
    }
}

/// An error and its causes, on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Some errors already show their cause.
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
