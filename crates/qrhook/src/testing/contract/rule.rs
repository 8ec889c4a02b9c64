//! Tries a rule until its verdict no longer depends on the speed of the machine.

use std::{
    any::Any,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::pin,
    task::Poll,
};

use super::{Subject, trial::Trial, watch::Watch};

/// Tries a rule on a fresh store.
///
/// The checks look at a record one slack before it expires. If the steps took longer than that, the record may have
/// expired as it should, and the rule only seems to be broken. It is then tried again, with all times doubled, until
/// they are long enough.
pub(super) async fn rule<S: Subject>(subject: &S, sentence: &'static str, keeps: impl AsyncFn(Trial<'_, S>)) {
    let mut pace = subject.pace();
    loop {
        let watch = Watch::start();
        let trying = async { keeps(Trial::of(sentence, subject, pace, &watch).await).await };
        match caught(trying).await {
            Ok(()) => return,
            Err(_) if watch.lost() > pace.slack => pace = pace.doubled(),
            Err(verdict) => resume_unwind(verdict),
        }
    }
}

/// Runs a future to its end, and returns its panic as an error.
async fn caught(future: impl Future<Output = ()>) -> Result<(), Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}
