//! The link to a cluster, and its renewal.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use redis::{
    Cmd, ConnectionInfo, RedisError, RedisResult, Value, cluster::ClusterClient, cluster_async::ClusterConnection,
};
use tokio::{sync::OwnedMutexGuard, task::JoinHandle};

use crate::{nodes::Nodes, runtime::Home};

type Client = Box<dyn Fn(Vec<ConnectionInfo>) -> RedisResult<ClusterClient> + Send + Sync>;

/// The link to a cluster.
///
/// The client follows the slots and reconnects to the nodes on its own, but only when a node replies or refuses. If a
/// node hangs, the client stays with it, even after a replica took over.
pub(crate) struct Cluster(Arc<Shared>);

struct Shared {
    client: Client,
    /// The address that the store was given.
    info: ConnectionInfo,
    time: Duration,
    home: Home,
    state: Mutex<State>,
    renewing: Arc<tokio::sync::Mutex<()>>,
}

struct State {
    /// The number of renewals, including failed ones.
    renewals: u64,
    connection: ClusterConnection,
    /// All known nodes, because the one that the address names may be gone.
    nodes: Nodes,
    /// The total wait of the steps that were given up since the last renewal.
    waited: Duration,
}

/// The reason for a renewal.
#[derive(PartialEq)]
enum Why {
    /// A node does not respond, and a replica may have taken over.
    NodeIsSilent,
    ClientIsGone,
}

impl Cluster {
    pub(crate) async fn connect(client: Client, info: ConnectionInfo, time: Duration) -> RedisResult<Self> {
        let connection = client(vec![info.clone()])?.get_async_connection().await?;
        let nodes = Nodes::of(&connection, &info).await?;
        let state = Mutex::new(State { renewals: 0, connection, nodes, waited: Duration::ZERO });
        Ok(Self(Arc::new(Shared { client, info, time, home: Home::here(), state, renewing: Arc::default() })))
    }

    pub(crate) fn connection(&self) -> ClusterConnection {
        self.0.state().connection.clone()
    }

    /// Returns whether the master of every slot is known.
    pub(crate) fn is_complete(&self) -> bool {
        self.0.state().nodes.are_complete()
    }

    pub(crate) fn masters(&self) -> Vec<String> {
        self.0.state().nodes.masters().collect()
    }

    pub(crate) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        let step = Use::of(&self.0);
        let renewals = step.renewals;
        match step.ask(command).await {
            // The client ended with its runtime. Any step can be repeated: it recognises what it did the first time.
            Err(error) if is_of_the_client(&error) => {
                self.renew(renewals).await;
                Use::of(&self.0).ask(command).await
            }
            answer => answer,
        }
    }

    async fn renew(&self, seen: u64) {
        let turn = Arc::clone(&self.0.renewing).lock_owned().await;
        let renewals = self.0.state().renewals;
        if renewals == seen
            && let Some(renewing) = self.0.renew(turn, Why::ClientIsGone)
        {
            // The renewal ends early if its runtime ends. Then the previous connection stays.
            let _ = renewing.await;
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects again, in the background, because that takes longer than a step if a node hangs.
    fn renew(self: &Arc<Self>, turn: OwnedMutexGuard<()>, why: Why) -> Option<JoinHandle<()>> {
        let shared = Arc::clone(self);
        self.home.spawn(async move {
            let _turn = turn;
            let renewed = shared.connect().await;
            let mut state = shared.state();
            state.renewals = state.renewals.wrapping_add(1);
            state.waited = Duration::ZERO;
            match renewed {
                // The new connection would have no link to the node that hangs. Its client would repeatedly block all
                // steps while it tries to open one.
                Ok((_, nodes)) if why == Why::NodeIsSilent && nodes.agree_with(&state.nodes) => state.nodes = nodes,
                Ok((connection, nodes)) => (state.connection, state.nodes) = (connection, nodes),
                // The old connection stays, because it may still work.
                Err(error) => tracing::debug!(kind = ?error.kind(), "no node of the cluster can be reached"),
            }
        })
    }

    async fn connect(&self) -> RedisResult<(ClusterConnection, Nodes)> {
        let known = self.state().nodes.addresses(&self.info);
        let connection = (self.client)(known)?.get_async_connection().await?;
        let nodes = Nodes::of(&connection, &self.info).await?;
        Ok((connection, nodes))
    }
}

/// The connection while a step waits for its reply.
struct Use<'a> {
    shared: &'a Arc<Shared>,
    renewals: u64,
    connection: ClusterConnection,
    since: Instant,
    answered: bool,
}

impl<'a> Use<'a> {
    fn of(shared: &'a Arc<Shared>) -> Self {
        let state = shared.state();
        let (renewals, connection) = (state.renewals, state.connection.clone());
        Self { shared, renewals, connection, since: Instant::now(), answered: false }
    }

    async fn ask(mut self, command: &Cmd) -> RedisResult<Value> {
        let answer = command.query_async(&mut self.connection).await;
        // The client's own timeout, which may end before that of the step, does not count as a reply.
        self.answered = !answer.as_ref().is_err_and(RedisError::is_timeout);
        answer
    }
}

impl Drop for Use<'_> {
    /// Renews the connection once the total wait of the abandoned steps is long. After a shorter wait it is kept: a
    /// client may simply have hung up. A reply to another step proves nothing, because it may come from another node.
    fn drop(&mut self) {
        if self.answered {
            return;
        }
        let long = self.shared.time.checked_div(2).unwrap_or_default();
        let mut state = self.shared.state();
        if state.renewals == self.renewals {
            state.waited = state.waited.saturating_add(self.since.elapsed());
            if state.waited >= long {
                // Another step is already renewing it.
                let Ok(turn) = Arc::clone(&self.shared.renewing).try_lock_owned() else { return };
                drop(state);
                self.shared.renew(turn, Why::NodeIsSilent);
            }
        }
    }
}

/// Returns whether the client itself is gone, and not one of the nodes. Only the message shows it, because the error of
/// a node that is gone has the same kind.
fn is_of_the_client(error: &RedisError) -> bool {
    error.is_io_error() && error.to_string().contains("redis_cluster: Unable")
}
