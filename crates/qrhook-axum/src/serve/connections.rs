//! The connections of a server.

use std::{collections::HashMap, future::Future, sync::Arc};

use tokio::{
    task::{Id, JoinSet},
    time::Instant,
};

use super::activity::Activity;

/// The open connections, each in its own task. Dropping this closes them.
#[derive(Debug, Default)]
pub(super) struct Connections {
    tasks: JoinSet<()>,
    activities: HashMap<Id, Arc<Activity>>,
    /// The moment from which each connection ends as soon as it is idle.
    leave: Option<Instant>,
}

impl Connections {
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn open<F: Future<Output = ()> + Send + 'static>(&mut self, run: impl FnOnce(Arc<Activity>) -> F) {
        let activity = Arc::new(Activity::new());
        if let Some(at) = self.leave {
            activity.leave(at);
        }
        let task = self.tasks.spawn(run(Arc::clone(&activity)));
        self.activities.insert(task.id(), activity);
    }

    /// Waits until a connection has ended. Waits forever if there is none.
    pub(super) async fn ended(&mut self) {
        let id = match self.tasks.join_next_with_id().await {
            Some(Ok((id, ()))) => id,
            // A handler outside the hook panicked. The panic hook has reported it.
            Some(Err(panicked)) => panicked.id(),
            None => return std::future::pending().await,
        };
        self.activities.remove(&id);
    }

    /// Waits until all connections have ended.
    pub(super) async fn all_ended(&mut self) {
        while !self.tasks.is_empty() {
            self.ended().await;
        }
    }

    /// Ends the connection that has been idle longest.
    pub(super) fn displace(&self) {
        let idle = self.activities.values().filter_map(|activity| Some((activity.idle_since()?, activity)));
        if let Some((_, activity)) = idle.min_by_key(|(since, _)| *since) {
            activity.displace();
        }
    }

    /// From `at` on, ends each connection as soon as it is idle, including those that are opened later.
    pub(super) fn leave(&mut self, at: Instant) {
        self.leave = Some(at);
        for activity in self.activities.values() {
            activity.leave(at);
        }
    }
}
