//! The task that a handler runs in.

use std::{future::Future, time::Instant};

use http::Response;
use qrhook::{
    Provider, Receiver, Rejection,
    receiver::{Handled, Verdict},
};
use tokio::sync::oneshot;

use crate::host::Tokio;

/// Works in a task of its own, and waits for its reply until the deadline. The task is awaited by nobody: it is the
/// receiver that counts it, and that a drain waits for.
pub(crate) async fn run<P, T, W>(
    receiver: Receiver<P>,
    started: Instant,
    work: impl FnOnce(Reply<T>) -> W,
) -> Result<T, Rejection>
where
    P: Provider,
    T: Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let (sender, reply) = oneshot::channel();
    tokio::spawn(work(Reply(sender)));
    receiver.reply(&Tokio, started, async { reply.await.ok() }).await
}

/// Where a task's reply goes.
pub(crate) struct Reply<T>(oneshot::Sender<Result<T, Rejection>>);

impl<T> Reply<T> {
    pub(crate) fn send(self, reply: Result<T, Rejection>) {
        // Nobody waits for it if the client is gone or the deadline is over.
        drop(self.0.send(reply));
    }
}

/// What a handler's answer says of its event.
pub(crate) fn settle<B>(mut response: Response<B>) -> Handled<Response<B>> {
    match Verdict::of(response.status()) {
        Verdict::Done => Handled::Done(response),
        Verdict::Failed(status) => {
            *response.status_mut() = status;
            Handled::Failed(response)
        }
    }
}
