//! What a handler's status says of its event.

use http::StatusCode;

/// What a handler's status says of its event, and the status that gets out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The event is handled.
    Done,
    /// It is not, and this is the answer.
    Failed(StatusCode),
}

impl Verdict {
    /// Judges a handler's answer. See [`Receiver::judge`](super::Receiver::judge).
    pub(super) fn of(status: StatusCode) -> Self {
        if status.is_success() {
            return Self::Done;
        }
        if status.is_informational() || status.is_redirection() || status == StatusCode::GONE {
            return Self::Failed(StatusCode::INTERNAL_SERVER_ERROR);
        }
        Self::Failed(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_2xx_is_done_and_nothing_ends_a_hook() {
        let failed = |status: u16| Verdict::Failed(StatusCode::from_u16(status).unwrap());
        let cases = [
            (200, Verdict::Done),
            (204, Verdict::Done),
            (299, Verdict::Done),
            (101, failed(500)),
            (301, failed(500)),
            (304, failed(500)),
            (410, failed(500)),
            (400, failed(400)),
            (409, failed(409)),
            (500, failed(500)),
            (503, failed(503)),
        ];
        for (status, expected) in cases {
            assert_eq!(Verdict::of(StatusCode::from_u16(status).unwrap()), expected, "{status}");
        }
    }
}
