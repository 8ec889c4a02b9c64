//! The reply to a request, awaited until its deadline.

use std::{fmt, future::Future, sync::Arc};

use tokio::{sync::oneshot, time::Instant};
use tracing::Span;

use super::{Receiver, report::Report, shield::begun, timer};
use crate::{delivery::Delivery, provider::Provider, rejection::Rejection};

/// The outcome of the work on a request, awaited until the request's deadline.
#[must_use = "`wait` returns the reply to the request"]
pub struct Reply<P: Provider, T> {
    receiver: Receiver<P>,
    delivery: Arc<Delivery<P>>,
    started: Instant,
    reply: oneshot::Receiver<Result<T, Rejection>>,
}

/// The sending side of a [`Reply`].
pub(super) struct Sender<T>(oneshot::Sender<Result<T, Rejection>>);

pub(super) fn replying<P: Provider, T>(
    receiver: &Receiver<P>,
    delivery: &Arc<Delivery<P>>,
    started: Instant,
) -> (Sender<T>, Reply<P, T>) {
    let (sender, reply) = oneshot::channel();
    (Sender(sender), Reply { receiver: receiver.clone(), delivery: Arc::clone(delivery), started, reply })
}

impl<T> Sender<T> {
    /// Sends the reply. It is dropped if nothing waits for it any more.
    pub(super) fn send(self, reply: Result<T, Rejection>) {
        drop(self.0.send(reply));
    }
}

impl<P: Provider, T> Reply<P, T> {
    /// Runs the work, and waits for its reply until the request's deadline.
    ///
    /// The work is polled once here. If it is still pending, `spawn` must run the rest in a task that is never
    /// cancelled: a request is dropped when its client hangs up, and the work must go on.
    ///
    /// # Errors
    ///
    /// The rejection, if that was the reply; [`Rejection::HandlerTimeout`] at the deadline; [`Rejection::TaskGone`] if
    /// the work ended without a reply, because its runtime is shutting down or it panicked outside the handler.
    pub async fn wait<W: Future<Output = ()> + Unpin>(self, work: W, spawn: impl FnOnce(W)) -> Result<T, Rejection> {
        if let Some(rest) = begun(work).await {
            spawn(rest);
        }
        self.received().await
    }

    pub(super) async fn received(self) -> Result<T, Rejection> {
        let Self { receiver, delivery, started, reply } = self;
        let rejection = match timer::until(receiver.inner.settings.deadline_of(started), reply).await {
            Some(Ok(reply)) => return reply,
            Some(Err(_)) => Rejection::TaskGone,
            None => Rejection::HandlerTimeout,
        };
        Report { receiver: &receiver, delivery: &delivery, started, span: &Span::none() }.rejected(&rejection);
        Err(rejection)
    }
}

impl<P: Provider, T> fmt::Debug for Reply<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply")
    }
}
