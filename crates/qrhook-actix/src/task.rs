//! The task that a handler runs in.

use std::{future::Future, time::Instant};

use actix_web::rt;
use qrhook::{
    Provider, Receiver, Rejection,
    receiver::{Handled, Verdict},
};
use tokio::sync::oneshot;

use crate::{convert, host::Actix};

/// Works in a task of its own on this worker, and waits for its reply until the deadline. The task is awaited by
/// nobody: it is the receiver that counts it, and that a drain waits for.
pub(crate) async fn run<P, T, W>(
    receiver: Receiver<P>,
    started: Instant,
    work: impl FnOnce(Reply<T>) -> W,
) -> Result<T, Rejection>
where
    P: Provider,
    W: Future<Output = ()> + 'static,
{
    let (sender, reply) = oneshot::channel();
    rt::spawn(work(Reply(sender)));
    receiver.reply(&Actix, started, async { reply.await.ok() }).await
}

/// Where a task's reply goes.
pub(crate) struct Reply<T>(oneshot::Sender<Result<T, Rejection>>);

impl<T> Reply<T> {
    pub(crate) fn send(self, reply: Result<T, Rejection>) {
        // Nobody waits for it if the client is gone or the deadline is over.
        drop(self.0.send(reply));
    }
}

/// What a handler's answer says of its event. `change` gives it the status that gets out.
pub(crate) fn settle<T>(
    mut answer: T,
    status: actix_web::http::StatusCode,
    change: impl FnOnce(&mut T, actix_web::http::StatusCode),
) -> Handled<T> {
    let status = http::StatusCode::from_u16(status.as_u16()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    match Verdict::of(status) {
        Verdict::Done => Handled::Done(answer),
        Verdict::Failed(verdict) => {
            if verdict != status {
                change(&mut answer, convert::status(verdict));
            }
            Handled::Failed(answer)
        }
    }
}
