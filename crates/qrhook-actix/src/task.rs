//! The task that a handler runs in.

use std::{future::Future, time::Instant};

use actix_web::{
    Error, HttpResponse,
    error::ErrorInternalServerError,
    http::{StatusCode, header},
    rt,
};
use qrhook::{
    Provider, Receiver, Rejection,
    receiver::{Handled, Verdict},
};
use tokio::sync::oneshot;
use tracing::Instrument;

use crate::{convert, host::Actix};

/// Works in a task of its own on this worker, in the span of the request, and waits for its reply until the deadline.
/// The task is awaited by nobody: it is the receiver that counts it, and that a drain waits for.
pub(crate) async fn run<P, T, W>(
    receiver: &Receiver<P>,
    started: Instant,
    work: impl FnOnce(Reply<T>) -> W,
) -> Result<T, Rejection>
where
    P: Provider,
    W: Future<Output = ()> + 'static,
{
    let (sender, reply) = oneshot::channel();
    rt::spawn(work(Reply(sender)).in_current_span());
    receiver.reply(&Actix, started, async { reply.await.ok() }).await
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
pub(crate) fn settle<P: Provider, B>(
    receiver: &Receiver<P>,
    mut response: HttpResponse<B>,
) -> Handled<HttpResponse<B>> {
    let verdict = judge(receiver, response.status());
    if let Verdict::Failed(status) = verdict {
        let status = convert::status(status);
        if status != response.status() {
            *response.status_mut() = status;
            response.headers_mut().remove(header::LOCATION);
        }
    }
    let rejection = response.extensions().get::<Rejection>().cloned();
    match (rejection, verdict) {
        // Only as it was made: where a layer in between has given it another status, that is the answer.
        (Some(rejection), _) if response.status() == convert::status(rejection.status()) => {
            Handled::Rejected(response, rejection)
        }
        (_, Verdict::Done) => Handled::Done(response),
        (_, Verdict::Failed(_)) => Handled::Failed(response),
    }
}

/// A handler's error, unless its answer is one that a sender must not see. An error with a 2xx is the handler's
/// contradiction; it failed, so its sender has to retry.
pub(crate) fn harmless<P: Provider>(receiver: &Receiver<P>, error: Error) -> Error {
    let status = error.as_response_error().status_code();
    match judge(receiver, status) {
        Verdict::Failed(same) if convert::status(same) == status => error,
        _ => ErrorInternalServerError("internal error"),
    }
}

fn judge<P: Provider>(receiver: &Receiver<P>, status: StatusCode) -> Verdict {
    receiver.judge(http::StatusCode::from_u16(status.as_u16()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR))
}
