//! Readiness: whether a receiver can take deliveries now.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use super::{Receiver, report};
use crate::{
    provider::Provider,
    store::{Key, Outcome, StoreErrorKind},
};

/// The time for which an answer of the store is reused, so that frequent probes do not load the store.
const REUSED: Duration = Duration::from_secs(1);

/// The sender in the key of the claim that tests the store. No sender has this name.
const PROBE: &str = "qrhook readiness";

/// The reason why a receiver is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotReady {
    /// The receiver is draining before a shutdown.
    Draining,
    /// The store does not grant claims.
    Store(StoreErrorKind),
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Draining => f.write_str("the receiver is draining"),
            Self::Store(kind) => kind.fmt(f),
        }
    }
}

impl Error for NotReady {}

/// The latest answer of the store. The lock lets one request ask at a time, while the others wait for its answer.
#[derive(Debug, Default)]
pub(super) struct Readiness(Arc<Mutex<Latest>>);

type Latest = Option<(Instant, Result<(), StoreErrorKind>)>;

impl<P: Provider> Receiver<P> {
    /// Checks that this receiver can take deliveries: that it is not draining, and that its store grants a claim, which
    /// is then released. Use it for the readiness probe of an orchestrator or a load balancer.
    ///
    /// The store is asked at most once a second, and has the [store's time
    /// limit](super::ReceiverBuilder::with_store_time) to answer.
    ///
    /// A receiver whose sender does not retry (QR Planet) still handles events while its store is down.
    ///
    /// # Errors
    ///
    /// [`NotReady`], with the reason.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    /// use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio, receiver::NotReady};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let receiver = Receiver::<QrStudio>::new("crm-sync", Secrets::one("whsec_test")?, MemoryStore::new())?;
    /// assert_eq!(receiver.ready().await, Ok(()));
    ///
    /// receiver.drain(Duration::from_secs(25)).await;
    /// assert_eq!(receiver.ready().await, Err(NotReady::Draining));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn ready(&self) -> Result<(), NotReady> {
        if self.inner.places.closed_at().is_some() {
            return Err(NotReady::Draining);
        }
        let mut latest = Arc::clone(&self.inner.readiness.0).lock_owned().await;
        if let Some((_, answer)) = latest.filter(|(at, _)| at.elapsed() < REUSED) {
            return answer.map_err(NotReady::Store);
        }
        let receiver = self.clone();
        // In a task, because a client that hangs up must neither leave the claim of the probe behind nor let the next one
        // ask again.
        let asked = tokio::spawn(async move {
            let answer = receiver.probe().await;
            *latest = Some((Instant::now(), answer));
            answer
        });
        // The task fails only if the runtime ends, or if the store panics.
        asked.await.unwrap_or(Err(StoreErrorKind::Unavailable)).map_err(NotReady::Store)
    }

    async fn probe(&self) -> Result<(), StoreErrorKind> {
        let (inner, time) = (&self.inner, self.inner.settings.store_time);
        let key = Key::new(PROBE, self.endpoint(), self.sender().as_bytes());
        let probed = async {
            match self.store_step("probe", time, || inner.store.claim(&key, &inner.terms)).await? {
                Outcome::Acquired(claim) => {
                    // If it was lost, another program that shares the store has claimed it.
                    self.store_step("probe", time, || inner.store.release(&claim)).await.map(drop)
                }
                // Another program that shares the store is asking.
                Outcome::InFlight | Outcome::Done { .. } => Ok(()),
            }
        };
        probed.await.map_err(|error| {
            report::store_failed(self.sender(), self.endpoint(), "probe", &error);
            error.kind()
        })
    }
}
