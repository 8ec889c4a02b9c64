//! Choosing the status of an answer, and with it what becomes of the event.

use http::StatusCode;

use super::Receiver;
use crate::{provider::Provider, rejection::Rejection};

/// What a handler's response means for its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handled {
    /// The event is handled: its claim is committed.
    Done,
    /// It is not: its claim is released, and the sender tries again.
    Failed {
        /// The status of the response. `None` when the handler failed without one.
        status: Option<StatusCode>,
    },
    /// A handler that claims by itself found the event handled, or being handled.
    Rejected(Rejection),
}

/// A handler's response, and what it means.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "an adapter makes it")]
pub struct Answer<T> {
    /// What the sender gets once the claim is settled.
    pub response: T,
    /// What becomes of the claim.
    pub handled: Handled,
}

/// Judges a handler's response by its status, and by the [`Rejection`] in its extensions, if there is one.
///
/// Returns the status to send, and what becomes of the event: a 2xx is done, everything else has failed. A 3xx or 410
/// becomes 500 and is logged, because senders accept a redirect as a success, and 410 as the end of the hook. A rejection
/// counts only under its own status: where a layer in between has changed the status, that status is the answer.
pub fn judge<P: Provider>(
    receiver: &Receiver<P>,
    status: StatusCode,
    rejection: Option<&Rejection>,
) -> (StatusCode, Handled) {
    if let Some(rejection) = rejection.filter(|rejection| rejection.status() == status) {
        return (status, Handled::Rejected(rejection.clone()));
    }
    if status.is_success() {
        return (status, Handled::Done);
    }
    let sent = sendable(status);
    if sent != status {
        let (endpoint, status) = (receiver.endpoint(), status.as_u16());
        tracing::error!(sender = P::NAME, endpoint, status, "a handler must not answer with this status; 500 is sent");
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
