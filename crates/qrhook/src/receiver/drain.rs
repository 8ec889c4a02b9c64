//! Draining: waiting for the running handlers before a shutdown.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::time::{Instant, timeout};

use super::{Receiver, place::Places};
use crate::provider::Provider;

/// The work that was left when a drain ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// The number of handlers that were still running when the time ran out.
    pub running: usize,
    /// The number of handlers whose tasks were dropped before they finished, for instance because their runtime ended
    /// first, since the last drain. Their claims end with the lease, and the senders' retries are handled.
    pub abandoned: usize,
    /// The number of events that were handled and acknowledged, but whose commit was given up during this drain because
    /// the store did not accept it. A repeat of such an event would be handled again.
    pub uncommitted: usize,
}

impl Drained {
    /// Whether every handler finished. [`uncommitted`](Self::uncommitted) events do not count: a store that is down
    /// does not make a drain incomplete.
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
    /// Close the listener first, let the open connections finish, then drain: each delivery refused here uses up one of
    /// its sender's attempts. Deliveries whose sender does not retry (QR Planet) are never refused: they are handled
    /// for as long as they arrive.
    pub async fn drain(&self, timeout: Duration) -> Drained {
        let left = self.inner.places.drain(timeout).await;
        let Drained { running, abandoned, uncommitted } = left;
        if !left.is_complete() || uncommitted > 0 {
            let (sender, endpoint) = (self.sender(), self.endpoint());
            tracing::error!(sender, endpoint, running, abandoned, uncommitted, "the drain left work behind");
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
                // Created before the check, so that the last delivery cannot finish unnoticed between the check and the
                // wait.
                let notified = shared.idle.notified();
                if shared.running.load(Ordering::SeqCst) == 0 {
                    return;
                }
                notified.await;
            }
        };
        // Whatever is left is counted below.
        let _ = timeout(time, idle).await;
        // Each is reported once: an old one must not make every later drain incomplete.
        let abandoned = shared.abandoned.load(Ordering::SeqCst);
        Drained {
            running: shared.running.load(Ordering::SeqCst),
            abandoned: abandoned.saturating_sub(shared.reported.swap(abandoned, Ordering::SeqCst)),
            uncommitted: shared.uncommitted.load(Ordering::SeqCst).saturating_sub(uncommitted),
        }
    }
}
