//! The way to a cluster, and its renewal.

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

/// The way to a cluster.
///
/// Its client follows the slots, and connects to its nodes again, by itself, but only for steps that a node answers or
/// refuses: when a node hangs, it would stay with it, also after a replica took over.
pub(crate) struct Cluster(Arc<Shared>);

struct Shared {
    client: Client,
    /// The address that the cluster was found by.
    info: ConnectionInfo,
    time: Duration,
    home: Home,
    state: Mutex<State>,
    renewing: Arc<tokio::sync::Mutex<()>>,
}

struct State {
    /// How often it was tried to connect anew.
    renewals: u64,
    connection: ClusterConnection,
    /// Not only the one of the address, which may be gone.
    nodes: Nodes,
    /// How long the steps waited, taken together, that were given up since.
    waited: Duration,
}

/// Why it is connected anew.
#[derive(PartialEq)]
enum Why {
    /// A replica may have taken over.
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

    /// Whether the master of every slot is known.
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
            // The client ended with its runtime. Any step can be repeated: it finds what it did the first time.
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
            // It ends early with its runtime. The connection of before stands then.
            let _ = renewing.await;
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects anew, in the background: that takes longer than a step when a node hangs.
    fn renew(self: &Arc<Self>, turn: OwnedMutexGuard<()>, why: Why) -> Option<JoinHandle<()>> {
        let shared = Arc::clone(self);
        self.home.spawn(async move {
            let _turn = turn;
            let renewed = shared.connect().await;
            let mut state = shared.state();
            state.renewals = state.renewals.wrapping_add(1);
            state.waited = Duration::ZERO;
            match renewed {
                // The new one has no way to a node that hangs. Its client would stop all steps again and again while it
                // looks for one.
                Ok((_, nodes)) if why == Why::NodeIsSilent && nodes.agree_with(&state.nodes) => state.nodes = nodes,
                Ok((connection, nodes)) => (state.connection, state.nodes) = (connection, nodes),
                // The old one may do better.
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

/// The connection while a step waits for its answer.
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
        // By the client, when it was faster than the step's own limit.
        self.answered = !answer.as_ref().is_err_and(RedisError::is_timeout);
        answer
    }
}

impl Drop for Use<'_> {
    /// Steps that waited for long and were given up, one or several, have the connection renewed. After a shorter time
    /// they have not: a client may have hung up. An answer to another step says nothing: it came from another node.
    fn drop(&mut self) {
        if self.answered {
            return;
        }
        let long = self.shared.time.checked_div(2).unwrap_or_default();
        let mut state = self.shared.state();
        if state.renewals == self.renewals {
            state.waited = state.waited.saturating_add(self.since.elapsed());
            if state.waited >= long {
                // Somebody else renews it already.
                let Ok(turn) = Arc::clone(&self.shared.renewing).try_lock_owned() else { return };
                drop(state);
                self.shared.renew(turn, Why::NodeIsSilent);
            }
        }
    }
}

/// Whether the client itself is gone, and not one of the nodes. Only its words tell: a node that is gone is of the same
/// kind.
fn is_of_the_client(error: &RedisError) -> bool {
    error.is_io_error() && error.to_string().contains("redis_cluster: Unable")
}
