//! The requests to the writer, with the channels for their results.

use futures_channel::oneshot;
use qrhook::store::{Claim, Outcome, Settled, StoreError};

use crate::records::Records;

pub(crate) enum Request {
    Claim(Claim, Waiter<Outcome>),
    Commit(Claim, Waiter<Settled>),
    Release(Claim, Waiter<Settled>),
    Sweep(usize, Waiter<usize>),
}

/// The channel to the caller of a step. The result is held back until the transaction is on disk.
pub(crate) struct Waiter<T> {
    answer: oneshot::Sender<Result<T, StoreError>>,
    pub(crate) found: Option<T>,
}

impl<T> Waiter<T> {
    pub(crate) fn new() -> (Self, oneshot::Receiver<Result<T, StoreError>>) {
        let (answer, receiver) = oneshot::channel();
        (Self { answer, found: None }, receiver)
    }

    /// Sends the result. Returns it if the caller has stopped waiting.
    fn answer(self, failure: Option<&StoreError>) -> Option<T> {
        let answer = match (failure, self.found) {
            (Some(failure), _) => Err(failure.clone()),
            (None, Some(found)) => Ok(found),
            (None, None) => Err(StoreError::unavailable("the step was not run")),
        };
        self.answer.send(answer).err().and_then(Result::ok)
    }
}

impl Request {
    /// Returns whether this is a claim whose caller is gone. Such a claim is not made, because it would never be
    /// settled. Commits and releases are always run, because their outcome was already decided.
    pub(crate) fn is_pointless(&self) -> bool {
        matches!(self, Self::Claim(_, waiter) if waiter.answer.is_canceled())
    }

    pub(crate) const fn is_claim(&self) -> bool {
        matches!(self, Self::Claim(..))
    }

    pub(crate) fn run(&mut self, records: &mut Records<'_>, now: i64) -> rusqlite::Result<()> {
        match self {
            Self::Claim(claim, waiter) => waiter.found = Some(records.claim(claim, now)?),
            Self::Commit(claim, waiter) => waiter.found = Some(records.commit(claim, now)?),
            Self::Release(claim, waiter) => waiter.found = Some(records.release(claim)?),
            Self::Sweep(limit, waiter) => waiter.found = Some(records.sweep(*limit, now)?),
        }
        Ok(())
    }

    /// Sends the result. Returns the claim if it was made for a caller that is gone.
    pub(crate) fn answer(self, failure: Option<&StoreError>) -> Option<Claim> {
        match self {
            Self::Claim(_, waiter) => match waiter.answer(failure)? {
                Outcome::Acquired(claim) => Some(claim),
                _ => None,
            },
            Self::Commit(_, waiter) | Self::Release(_, waiter) => {
                waiter.answer(failure);
                None
            }
            Self::Sweep(_, waiter) => {
                waiter.answer(failure);
                None
            }
        }
    }
}
