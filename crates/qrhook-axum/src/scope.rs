//! Passing a context of the request to the task of its handler.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use tracing::Instrument;

/// The task that claims an event, runs its handler and settles the claim.
pub type HandlerTask = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The program's function that wraps the task.
#[derive(Clone, Default)]
pub(crate) struct Scope(Option<Arc<Wrap>>);

type Wrap = dyn Fn(HandlerTask) -> HandlerTask + Send + Sync;

impl Scope {
    pub(crate) fn new(wrap: impl Fn(HandlerTask) -> HandlerTask + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(wrap)))
    }

    /// Returns the wrapped task for this work.
    pub(crate) fn task(&self, work: impl Future<Output = ()> + Send + 'static) -> HandlerTask {
        let work = Box::pin(work);
        match &self.0 {
            Some(wrap) => wrap(work),
            None => work,
        }
    }
}

/// Spawns the task in the span of the request. Its handle is not needed: the receiver counts it, and a drain waits for
/// it.
pub(crate) fn spawn(task: HandlerTask) {
    tokio::spawn(task.in_current_span());
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scope").field(&self.0.is_some()).finish()
    }
}
