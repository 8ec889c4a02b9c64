//! The settling of a claim: commit or release.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    Receiver,
    lease::Lease,
    step::{log_failure, timed},
};
use crate::{provider::Provider, store::Settled};

/// The minimum time for a commit, even if the handler used up all the time.
const COMMIT_TIME: Duration = Duration::from_millis(100);

/// The longest time by which a commit in the background may delay a drain.
const COMMIT_TIME_IN_A_DRAIN: Duration = Duration::from_secs(5);

/// The data needed to settle the claim of one delivery.
pub(super) struct Settling<'a, P: Provider> {
    pub(super) receiver: &'a Receiver<P>,
    pub(super) lease: Option<&'a Lease>,
    /// The time at which the request arrived.
    pub(super) started: Instant,
}

impl<P: Provider> Settling<'_, P> {
    /// Commits, then replies. The handler has taken effect, so the sender gets its response even if the store does not
    /// accept the commit. The commit is repeated until the lease is over, because the store may still accept it.
    pub(super) async fn commit(&self, reply: impl FnOnce()) {
        let Some(lease) = self.lease else { return reply() };
        let (inner, endpoint, claim) = (&*self.receiver.inner, self.receiver.endpoint(), &lease.claim);
        let reply_by = inner.settings.answer_by(self.started);
        let mut reply = Some(reply);
        let mut pause = Duration::from_millis(20);
        loop {
            // A store that hangs must not delay the response beyond the deadline.
            let until_reply = reply_by.saturating_duration_since(Instant::now()).max(COMMIT_TIME);
            let store_time = inner.settings.store_time;
            let time = if reply.is_some() { store_time.min(until_reply) } else { store_time };
            match timed(time, || inner.store.commit(claim)).await {
                Ok(Settled::Applied) => break,
                Ok(Settled::Lost) => {
                    tracing::error!(
                        sender = P::NAME,
                        endpoint,
                        key = %claim.key(),
                        "the claim was lost before its commit; the event may be handled twice"
                    );
                    break;
                }
                Err(error) => log_failure::<P>(endpoint, "commit", &error),
            }
            if Instant::now() >= reply_by
                && let Some(reply) = reply.take()
            {
                tracing::error!(
                    sender = P::NAME,
                    endpoint,
                    key = %claim.key(),
                    "the event was handled, but not committed before the deadline; the event is acknowledged anyway"
                );
                reply();
            }
            if lease.is_over(inner.clock.monotonic()) || (reply.is_none() && self.drain_is_over()) {
                inner.places.give_up_commit();
                tracing::error!(
                    sender = P::NAME,
                    endpoint,
                    key = %claim.key(),
                    "gave up on the commit; a repeat of the event would be handled again"
                );
                break;
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2).min(COMMIT_TIME);
        }
        if let Some(reply) = reply {
            reply();
        }
    }

    /// Whether the time for commits in a drain is over. While a store is down, a drain must not wait for the end of
    /// every lease.
    fn drain_is_over(&self) -> bool {
        self.receiver.inner.places.closed_at().is_some_and(|closed| closed.elapsed() >= COMMIT_TIME_IN_A_DRAIN)
    }

    /// Releases the claim. If that fails, the sender's retries are refused until the lease ends.
    pub(super) async fn release(&self) {
        let Some(Lease { claim, .. }) = self.lease else { return };
        let (inner, endpoint) = (&*self.receiver.inner, self.receiver.endpoint());
        match timed(inner.settings.store_time, || inner.store.release(claim)).await {
            Ok(Settled::Applied) => {}
            Ok(Settled::Lost) => tracing::warn!(
                sender = P::NAME,
                endpoint,
                key = %claim.key(),
                "the claim was lost before its release"
            ),
            Err(error) => log_failure::<P>(endpoint, "release", &error),
        }
    }
}
