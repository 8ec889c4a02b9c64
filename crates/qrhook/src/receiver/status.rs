//! The status of a response, and what it means for the event.

use http::StatusCode;

use super::Receiver;
use crate::{provider::Provider, rejection::Rejection};

/// The meaning of a handler's response for its event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Handled {
    /// The event was handled: its claim is committed.
    Done {
        /// The status of the response. `None` for a handler that responds without one.
        status: Option<StatusCode>,
    },
    /// The event was not handled: its claim is released, and the sender tries again.
    Failed {
        /// The status of the response. `None` if the handler failed without one.
        status: Option<StatusCode>,
    },
    /// A handler that makes its own claims found the event handled, or in flight.
    Rejected(Rejection),
}

/// A handler's response and its meaning.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer<T> {
    /// The response, sent once the claim is settled.
    pub response: T,
    /// The meaning for the event, which decides how the claim is settled.
    pub handled: Handled,
}

impl<T> Answer<T> {
    /// Creates an answer from a response and its meaning.
    pub const fn new(response: T, handled: Handled) -> Self {
        Self { response, handled }
    }

    /// Converts the response, and keeps its meaning.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        Answer { response: change(self.response), handled: self.handled }
    }
}

/// Judges a handler's response by its status, and by the [`Rejection`] in its extensions, if there is one.
///
/// Returns the status to send and its meaning for the event. A 2xx means that the event was handled, any other status
/// that it was not. A 1xx, a 3xx and 410 become 500, and an error is logged, because some senders treat a
/// redirect as success, and 410 as a sign that the hook is gone. A rejection counts only together with its own status: if a layer
/// in between has changed the status, that status decides.
pub fn judge<P: Provider>(
    receiver: &Receiver<P>,
    status: StatusCode,
    rejection: Option<&Rejection>,
) -> (StatusCode, Handled) {
    if let Some(rejection) = rejection.filter(|rejection| rejection.status() == status) {
        return (status, Handled::Rejected(rejection.clone()));
    }
    if status.is_success() {
        return (status, Handled::Done { status: Some(status) });
    }
    let sent = sendable(status);
    if sent != status {
        let (sender, endpoint, status) = (receiver.sender(), receiver.endpoint(), status.as_u16());
        tracing::error!(sender, endpoint, status, "a handler must not respond with this status; 500 is sent");
    }
    (sent, Handled::Failed { status: Some(status) })
}

fn sendable(status: StatusCode) -> StatusCode {
    let harmful = status.is_informational() || status.is_redirection() || status == StatusCode::GONE;
    if harmful { StatusCode::INTERNAL_SERVER_ERROR } else { status }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_status_ends_a_hook_or_passes_for_a_success() {
        for (status, expected) in
            [(101, 500), (301, 500), (304, 500), (410, 500), (400, 400), (409, 409), (500, 500), (503, 503)]
        {
            assert_eq!(sendable(StatusCode::from_u16(status).unwrap()).as_u16(), expected, "{status}");
        }
    }
}
