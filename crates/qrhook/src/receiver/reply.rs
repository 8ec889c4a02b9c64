//! The reply of a task, awaited until the deadline of its request.

use std::fmt;

use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};

use super::Receiver;
use crate::{provider::Provider, rejection::Rejection};

/// What a request waits for while its task works.
#[must_use = "the request is answered by `wait`"]
pub struct Reply<P: Provider, T> {
    receiver: Receiver<P>,
    deadline: Instant,
    reply: oneshot::Receiver<Result<T, Rejection>>,
}

/// Where the task sends it.
pub(super) struct Sender<T>(oneshot::Sender<Result<T, Rejection>>);

pub(super) fn replying<P: Provider, T>(receiver: &Receiver<P>, started: Instant) -> (Sender<T>, Reply<P, T>) {
    let (sender, reply) = oneshot::channel();
    let deadline = receiver.inner.settings.deadline_of(started);
    (Sender(sender), Reply { receiver: receiver.clone(), deadline, reply })
}

impl<T> Sender<T> {
    /// A reply that nobody waits for any more is dropped.
    pub(super) fn send(self, reply: Result<T, Rejection>) {
        drop(self.0.send(reply));
    }
}

impl<P: Provider, T> Reply<P, T> {
    /// Waits for the reply, until the deadline of the request.
    ///
    /// # Errors
    ///
    /// The rejection that was the reply; [`Rejection::HandlerTimeout`] at the deadline; [`Rejection::TaskGone`] when the
    /// task is gone without a reply, because its runtime is shutting down.
    pub async fn wait(self) -> Result<T, Rejection> {
        let rejection = match timeout_at(self.deadline, self.reply).await {
            Ok(Ok(reply)) => return reply,
            Ok(Err(_)) => Rejection::TaskGone,
            Err(_) => Rejection::HandlerTimeout,
        };
        self.receiver.log(&rejection);
        Err(rejection)
    }
}

impl<P: Provider, T> fmt::Debug for Reply<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply")
    }
}
