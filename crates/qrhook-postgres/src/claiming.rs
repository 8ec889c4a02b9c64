//! Claims whose caller may be gone.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use qrhook::store::{Claim, Key, Outcome, StoreError, StoreFuture, Terms};
use tokio::runtime::Handle;

use crate::{connections::Connections, error, steps};

/// A claim in progress. If it is dropped, it continues in the background and releases the claim it gets. Otherwise the
/// event would stay in flight until the lease ends, because the server finishes the statement anyway.
pub(crate) struct Claiming {
    connections: Arc<Connections>,
    time: Duration,
    step: Option<StoreFuture<'static, Outcome>>,
    begun: bool,
}

impl Claiming {
    pub(crate) fn new(connections: &Arc<Connections>, time: Duration, key: Key, terms: Terms) -> Self {
        let connections = Arc::clone(connections);
        let step = Box::pin(claim(Arc::clone(&connections), time, key, terms));
        Self { connections, time, step: Some(step), begun: false }
    }
}

impl Future for Claiming {
    type Output = Result<Outcome, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.begun = true;
        let Some(step) = &mut self.step else { return Poll::Pending };
        let outcome = ready!(step.as_mut().poll(context));
        self.step = None;
        Poll::Ready(outcome)
    }
}

impl Drop for Claiming {
    fn drop(&mut self) {
        let Some(step) = self.step.take_if(|_| self.begun) else { return };
        // Without a runtime, the claim ends with its lease.
        let Ok(runtime) = Handle::try_current() else { return };
        let (connections, time) = (Arc::clone(&self.connections), self.time);
        runtime.spawn(async move {
            if let Ok(Outcome::Acquired(claim)) = step.await {
                let _ = connections.ask(time, || steps::release(&claim)).await;
            }
        });
    }
}

async fn claim(connections: Arc<Connections>, time: Duration, key: Key, terms: Terms) -> Result<Outcome, StoreError> {
    // One owner for all attempts, so that a claim whose reply was lost recognises its own record.
    let claim = Claim::new(key, terms)?;
    let answer = connections.ask(time, || steps::claim(&claim)).await?;
    match answer.as_str() {
        "acquired" => Ok(Outcome::Acquired(claim)),
        "in flight" => Ok(Outcome::InFlight),
        "duplicate" => Ok(Outcome::Done { same_occurrence: true }),
        "conflict" => Ok(Outcome::Done { same_occurrence: false }),
        other => Err(error::unknown(other)),
    }
}
