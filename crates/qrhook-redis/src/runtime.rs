//! Where connections live.

use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::{AbortHandle, JoinHandle},
};

/// The runtime that the store was connected in, as long as it lives: a connection ends with its runtime, and a step
/// may run in one that ends soon.
pub(crate) struct Home(Option<(Handle, AbortHandle)>);

impl Home {
    pub(crate) fn here() -> Self {
        let here = Handle::current();
        // A runtime of one thread can stand still, and all that was spawned in it.
        let runs_by_itself = matches!(here.runtime_flavor(), RuntimeFlavor::MultiThread);
        Self(runs_by_itself.then(|| {
            // It ends with the runtime, of which nothing else tells.
            let life = here.spawn(std::future::pending::<()>()).abort_handle();
            (here, life)
        }))
    }

    /// Runs a task there, or in the runtime of the caller when that one ended. `None` if there is none.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Option<JoinHandle<()>> {
        let runtime = match &self.0 {
            Some((home, life)) if !life.is_finished() => home.clone(),
            _ => Handle::try_current().ok()?,
        };
        Some(runtime.spawn(task))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some((_, life)) = &self.0 {
            life.abort();
        }
    }
}
