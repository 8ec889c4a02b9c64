//! Claims whose caller may be gone.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use qrhook::store::{Claim, Key, Outcome, StoreError, StoreFuture, Terms};
use tokio::runtime::Handle;

use crate::steps::Steps;

/// A claim in progress. If it is dropped, it continues in the background and releases the claim it gets. Otherwise the
/// event would stay in flight until the lease ends, because the server runs the step anyway.
pub(crate) struct Claiming {
    steps: Arc<Steps>,
    step: Option<StoreFuture<'static, Outcome>>,
    begun: bool,
}

impl Claiming {
    pub(crate) fn new(steps: &Arc<Steps>, key: Key, terms: Terms) -> Self {
        let steps = Arc::clone(steps);
        let step = Box::pin(claim(Arc::clone(&steps), key, terms));
        Self { steps, step: Some(step), begun: false }
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
        let steps = Arc::clone(&self.steps);
        runtime.spawn(async move {
            if let Ok(Outcome::Acquired(claim)) = step.await {
                let _ = steps.release(&claim).await;
            }
        });
    }
}

async fn claim(steps: Arc<Steps>, key: Key, terms: Terms) -> Result<Outcome, StoreError> {
    steps.claim(Claim::new(key, terms)?).await
}
