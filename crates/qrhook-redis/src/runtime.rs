//! The runtime of the connections.

use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::{AbortHandle, JoinHandle},
};

/// The runtime in which the store was connected, as long as it exists. A connection ends with its runtime, and a step
/// may run in a runtime that ends soon.
pub(crate) struct Home(Option<(Handle, AbortHandle)>);

impl Home {
    pub(crate) fn here() -> Self {
        let here = Handle::current();
        // A single-threaded runtime stops, with everything spawned in it, whenever nobody is running it.
        let runs_by_itself = matches!(here.runtime_flavor(), RuntimeFlavor::MultiThread);
        Self(runs_by_itself.then(|| {
            // This task ends with the runtime, and nothing else shows that the runtime ended.
            let life = here.spawn(std::future::pending::<()>()).abort_handle();
            (here, life)
        }))
    }

    /// Spawns a task in that runtime, or in the caller's if that one has ended. Returns `None` if there is neither.
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
