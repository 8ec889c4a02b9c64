//! The settling of a claim: commit or release.

use std::time::Duration;

use tokio::time::Instant;

use super::{lease::Lease, report::Report};
use crate::{provider::Provider, store::Settled};

/// The minimum time for a commit, even if the handler used up all the time.
const COMMIT_TIME: Duration = Duration::from_millis(100);

/// The longest time by which a commit in the background may delay a drain.
const COMMIT_TIME_IN_A_DRAIN: Duration = Duration::from_secs(5);

/// The data needed to settle the claim of one delivery.
pub(super) struct Settling<'a, P: Provider> {
    pub(super) report: &'a Report<'a, P>,
    pub(super) lease: Option<&'a Lease>,
}

impl<P: Provider> Settling<'_, P> {
    /// Commits, then replies. The handler has taken effect, so the sender gets its response even if the store does not
    /// accept the commit. The commit is repeated until the lease is over, because the store may still accept it.
    pub(super) async fn commit(&self, reply: impl FnOnce()) {
        let Some(lease) = self.lease else { return reply() };
        let (report, claim) = (self.report, &lease.claim);
        let (receiver, inner) = (report.receiver, &*report.receiver.inner);
        let began = Instant::now();
        // After the deadline, the request has its response, so there is no hurry.
        let reply_by =
            (began < inner.settings.deadline_of(report.started)).then(|| inner.settings.answer_by(report.started));
        let mut reply = Some(reply);
        let mut pause = Duration::from_millis(20);
        let mut unsettled = Unsettled(Some(self));
        loop {
            let store_time = inner.settings.store_time;
            let time = match reply_by.filter(|_| reply.is_some()) {
                // A store that hangs must not delay the response beyond the deadline.
                Some(by) => store_time.min(by.saturating_duration_since(Instant::now()).max(COMMIT_TIME)),
                None => store_time,
            };
            match receiver.store_step("commit", time, || inner.store.commit(claim)).await {
                Ok(Settled::Applied) => {
                    unsettled.0 = None;
                    break;
                }
                Ok(Settled::Lost) => {
                    unsettled.0 = None;
                    report.claim_lost(claim);
                    break;
                }
                Err(error) => report.store_failed("commit", &error),
            }
            if reply_by.is_some_and(|by| Instant::now() >= by)
                && let Some(reply) = reply.take()
            {
                report.acknowledged_uncommitted(claim);
                reply();
            }
            let nobody_waits = reply_by.is_none() || reply.is_none();
            if lease.is_over(inner.clock.monotonic()) || (nobody_waits && self.drain_is_over(began)) {
                break;
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2).min(COMMIT_TIME);
        }
        // Reports a commit that was given up, before the response.
        drop(unsettled);
        if let Some(reply) = reply {
            reply();
        }
    }

    /// Whether the time in a drain is over for a commit that was first tried at this moment. While a store is down, a
    /// drain must not wait for the end of every lease.
    fn drain_is_over(&self, began: Instant) -> bool {
        let closed_at = self.report.receiver.inner.places.closed_at();
        closed_at.is_some_and(|closed| closed.max(began).elapsed() >= COMMIT_TIME_IN_A_DRAIN)
    }

    /// Releases the claim. If that fails, the sender's retries are refused until the lease ends.
    pub(super) async fn release(&self) {
        let Some(Lease { claim, .. }) = self.lease else { return };
        let (report, inner) = (self.report, &*self.report.receiver.inner);
        let step = || inner.store.release(claim);
        match report.receiver.store_step("release", inner.settings.store_time, step).await {
            Ok(Settled::Applied) => {}
            Ok(Settled::Lost) => report.claim_lost_before_release(claim),
            Err(error) => report.store_failed("release", &error),
        }
    }
}

/// Reports a commit that is given up, also if its task is dropped.
struct Unsettled<'a, P: Provider>(Option<&'a Settling<'a, P>>);

impl<P: Provider> Drop for Unsettled<'_, P> {
    fn drop(&mut self) {
        if let Some(Settling { report, lease: Some(lease) }) = self.0 {
            report.receiver.inner.places.give_up_commit();
            report.commit_given_up(&lease.claim);
        }
    }
}
