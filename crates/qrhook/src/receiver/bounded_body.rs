//! Bounded reading of a body, while its sender is still unknown.

use std::{
    error::Error,
    future::poll_fn,
    io,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::Instant;

use super::timer;
use crate::{
    body::budget::{Budget, Held},
    rejection::Rejection,
    verify::VerifyError,
};

/// A body as it arrives. Each call polls for the next piece, or for the reason why the body broke off.
pub trait Pieces: FnMut(&mut Context<'_>) -> Poll<Option<Result<Bytes, Rejection>>> {}

impl<F: FnMut(&mut Context<'_>) -> Poll<Option<Result<Bytes, Rejection>>>> Pieces for F {}

/// The bounds of a body.
pub(super) struct Bounds<'a> {
    /// The largest body, in bytes.
    pub(super) limit: usize,
    /// The declared length in bytes, 0 if there is none.
    pub(super) announced: u64,
    /// The memory that all unverified bodies share.
    pub(super) budget: &'a Budget,
    /// The time by which the body must be complete.
    pub(super) until: Instant,
}

/// Reads a body to its end.
pub(super) async fn read(mut pieces: impl Pieces, bounds: Bounds<'_>) -> Result<(Bytes, Held), Rejection> {
    let mut body = Body {
        held: bounds.budget.hold(),
        limit: bounds.limit,
        announced: usize::try_from(bounds.announced).unwrap_or(usize::MAX).min(bounds.limit),
        content: Content::Empty,
    };
    let reading = async {
        while let Some(piece) = next(&mut pieces, &mut body.held).await? {
            body.push(piece?)?;
        }
        Ok(())
    };
    timer::until(bounds.until, reading).await.unwrap_or(Err(Rejection::BodyTimeout))?;
    Ok((body.content.into_bytes(), body.held))
}

/// Returns the next piece, unless this body is given up in favour of others while it waits.
async fn next(pieces: &mut impl Pieces, held: &mut Held) -> Result<Option<Result<Bytes, Rejection>>, Rejection> {
    poll_fn(|context| match pieces(context) {
        Poll::Ready(piece) => Poll::Ready(Ok(piece)),
        Poll::Pending => held.poll_given_up(context).map(|_| Err(Rejection::TooManyBodies)),
    })
    .await
}

struct Body {
    held: Held,
    limit: usize,
    announced: usize,
    content: Content,
}

/// A body in one piece, as most are, is not copied. The pieces of others are joined in a buffer whose whole capacity
/// counts against the budget.
enum Content {
    Empty,
    One(Bytes),
    Joined(Vec<u8>),
}

impl Body {
    fn push(&mut self, piece: Bytes) -> Result<(), Rejection> {
        let length = self.content.len().saturating_add(piece.len());
        if length > self.limit {
            return Err(VerifyError::BodyTooLarge { limit: self.limit }.into());
        }
        if piece.is_empty() {
            return Ok(());
        }
        match &mut self.content {
            Content::Empty => {
                // Counts the bytes received, not the declared length, so that declaring a large body reserves nothing.
                hold(&mut self.held, length)?;
                self.content = Content::One(piece);
            }
            Content::One(first) => {
                let capacity = self.announced.max(length);
                hold(&mut self.held, capacity)?;
                let mut joined = Vec::with_capacity(capacity);
                joined.extend_from_slice(first);
                joined.extend_from_slice(&piece);
                self.content = Content::Joined(joined);
            }
            Content::Joined(joined) => {
                if length > joined.capacity() {
                    let capacity = joined.capacity().saturating_mul(2).clamp(length, self.limit);
                    hold(&mut self.held, capacity)?;
                    joined.reserve_exact(capacity.saturating_sub(joined.len()));
                }
                joined.extend_from_slice(&piece);
            }
        }
        Ok(())
    }
}

fn hold(held: &mut Held, bytes: usize) -> Result<(), Rejection> {
    held.grow_to(bytes).map_err(|_| Rejection::TooManyBodies)
}

impl Content {
    fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(piece) => piece.len(),
            Self::Joined(joined) => joined.len(),
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::One(piece) => piece,
            Self::Joined(joined) => joined.into(),
        }
    }
}

/// The time by which a body must be complete: within its own limit, and not after the deadline of its request.
pub(super) fn body_until(started: Instant, body_time: Duration, deadline: Option<Duration>) -> Instant {
    let time = deadline.map_or(body_time, |deadline| deadline.min(body_time));
    started.checked_add(time).unwrap_or(started)
}

/// Returns the rejection for a body that broke off: a timeout in a layer outside the adapter, or a lost connection.
///
/// An adapter that recognises the error type of an outer body limit returns
/// [`Rejection::BodyOverOuterLimit`](crate::Rejection::BodyOverOuterLimit) itself.
pub fn broken_body(error: &(dyn Error + 'static)) -> Rejection {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let timed_out = error.downcast_ref().is_some_and(|error: &io::Error| error.kind() == io::ErrorKind::TimedOut);
        // Each layer has its own error for a timeout, but all of their texts contain the word.
        if timed_out || error.to_string().contains("timeout") {
            return Rejection::BodyTimeout;
        }
        cause = error.source();
    }
    Rejection::BodyIncomplete
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: io::ErrorKind, text: &str) -> io::Error {
        io::Error::new(kind, text.to_owned())
    }

    #[test]
    fn a_timeout_outside_is_told_from_a_lost_connection() {
        for (error, expected) in [
            (error(io::ErrorKind::TimedOut, "too slow"), Rejection::BodyTimeout),
            (error(io::ErrorKind::Other, "request timeout"), Rejection::BodyTimeout),
            (error(io::ErrorKind::Other, "connection reset"), Rejection::BodyIncomplete),
            (error(io::ErrorKind::ConnectionReset, "gone"), Rejection::BodyIncomplete),
        ] {
            assert_eq!(broken_body(&error), expected, "{error}");
            assert_eq!(broken_body(&Outer(error)), expected, "as the cause of another");
        }
    }

    #[derive(Debug)]
    struct Outer(io::Error);

    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("the body broke off")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    /// Pieces that were not announced are joined in a buffer that doubles, so that they are not copied each time.
    #[test]
    fn a_body_of_many_pieces_grows_by_doubling() {
        let budget = Budget::new(1 << 20);
        let mut body = Body { held: budget.hold(), limit: 1 << 20, announced: 0, content: Content::Empty };
        let mut sizes = std::collections::BTreeSet::new();
        for _ in 0..1000 {
            body.push(Bytes::from_static(b"piece")).unwrap();
            if let Content::Joined(joined) = &body.content {
                sizes.insert(joined.capacity());
            }
        }
        assert_eq!(body.content.len(), 5000);
        assert!(sizes.len() < 12 && sizes.last() < Some(&10_001), "{sizes:?}");
        assert_eq!(body.content.into_bytes(), "piece".repeat(1000));
    }
}
