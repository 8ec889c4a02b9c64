//! The task that a handler runs in.

use std::{future::Future, time::Instant};

use http::{Response, header};
use qrhook::{
    Provider, Receiver, Rejection,
    receiver::{Handled, Verdict},
};
use tokio::sync::oneshot;
use tracing::Instrument;

use crate::host::Tokio;

/// Works in a task of its own, in the span of the request, and waits for its reply until the deadline. The task is
/// awaited by nobody: it is the receiver that counts it, and that a drain waits for.
pub(crate) async fn run<P, T, W>(
    receiver: &Receiver<P>,
    started: Instant,
    work: impl FnOnce(Reply<T>) -> W,
) -> Result<T, Rejection>
where
    P: Provider,
    T: Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let (sender, reply) = oneshot::channel();
    tokio::spawn(work(Reply(sender)).in_current_span());
    receiver.reply(&Tokio, started, async { reply.await.ok() }).await
}

/// Where a task's reply goes.
pub(crate) struct Reply<T>(oneshot::Sender<Result<T, Rejection>>);

impl<T> Reply<T> {
    /// Gives back what nobody waits for any more, because the client is gone or the deadline is over.
    pub(crate) fn send(self, reply: Result<T, Rejection>) -> Option<T> {
        self.0.send(reply).err().and_then(Result::ok)
    }
}

/// What a handler's answer says of its event.
pub(crate) fn settle<P: Provider, B>(receiver: &Receiver<P>, mut response: Response<B>) -> Handled<Response<B>> {
    let verdict = receiver.judge(response.status());
    if let Verdict::Failed(status) = verdict
        && status != response.status()
    {
        *response.status_mut() = status;
        response.headers_mut().remove(header::LOCATION);
    }
    let rejection = response.extensions().get::<Rejection>().cloned();
    match (rejection, verdict) {
        // Only as it was made: where a layer in between has given it another status, that is the answer.
        (Some(rejection), _) if response.status() == rejection.status() => Handled::Rejected(response, rejection),
        (_, Verdict::Done) => Handled::Done(response),
        (_, Verdict::Failed(_)) => Handled::Failed(response),
    }
}
