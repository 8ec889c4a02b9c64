//! Waiting for the running handlers before a shutdown.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::time::{Instant, timeout};

use super::{Receiver, place::Places};
use crate::provider::Provider;

/// What was left when a drain ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Handlers that still ran when the time was over.
    pub running: usize,
    /// Handlers whose tasks were dropped before they finished, since the last drain: their runtime ended first. Their claims
    /// end with the lease, and the senders' retries are handled.
    pub abandoned: usize,
    /// Events that were handled and acknowledged, and whose commit the store did not accept during this drain. A repeat
    /// of one would be handled again.
    pub uncommitted: usize,
}

impl Drained {
    /// Whether every handler finished. A store that is down does not change that: see
    /// [`uncommitted`](Self::uncommitted).
    pub const fn is_complete(&self) -> bool {
        self.running == 0 && self.abandoned == 0
    }

    #[cfg(feature = "serve")]
    pub(crate) fn add(&mut self, other: Self) {
        self.running = self.running.saturating_add(other.running);
        self.abandoned = self.abandoned.saturating_add(other.abandoned);
        self.uncommitted = self.uncommitted.saturating_add(other.uncommitted);
    }
}

impl<P: Provider> Receiver<P> {
    /// Refuses new deliveries and waits for the running handlers, for at most this long. Needs a tokio runtime.
    ///
    /// Close the listener first, let the open connections finish, then drain: a delivery that is refused here costs its
    /// sender an attempt. A sender that would not send again (QR Planet) is not refused, but served for as long as its
    /// requests arrive.
    pub async fn drain(&self, timeout: Duration) -> Drained {
        let left = self.inner.places.drain(timeout).await;
        let Drained { running, abandoned, uncommitted } = left;
        if !left.is_complete() || uncommitted > 0 {
            let (sender, endpoint) = (P::NAME, self.endpoint());
            tracing::error!(sender, endpoint, running, abandoned, uncommitted, "the drain is incomplete");
        }
        left
    }
}

impl Places {
    async fn drain(&self, time: Duration) -> Drained {
        let shared = self.shared();
        let uncommitted = shared.uncommitted.load(Ordering::SeqCst);
        shared.closed.get_or_init(Instant::now);
        let idle = async {
            loop {
                // Waits from here on, so that the last one cannot leave unnoticed between the check and the wait.
                let notified = shared.idle.notified();
                if shared.running.load(Ordering::SeqCst) == 0 {
                    return;
                }
                notified.await;
            }
        };
        // What is left is counted below.
        let _ = timeout(time, idle).await;
        // Each is reported once: what happened long ago must not make every later drain incomplete.
        let abandoned = shared.abandoned.load(Ordering::SeqCst);
        Drained {
            running: shared.running.load(Ordering::SeqCst),
            abandoned: abandoned.saturating_sub(shared.reported.swap(abandoned, Ordering::SeqCst)),
            uncommitted: shared.uncommitted.load(Ordering::SeqCst).saturating_sub(uncommitted),
        }
    }
}
