//! The way to the server: one connection that all steps share, and its end and its successor.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, RedisError, RedisResult, ServerErrorKind, Value,
    aio::MultiplexedConnection, cluster_async::ClusterConnection,
};

/// The way to a server, or to a cluster.
pub(crate) enum Link {
    Single(Box<Single>),
    /// Its client follows the slots, and connects to its nodes again, by itself.
    Cluster(ClusterConnection),
}

impl Link {
    pub(crate) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        match self {
            Self::Single(single) => single.ask(command).await,
            Self::Cluster(cluster) => command.query_async(&mut cluster.clone()).await,
        }
    }
}

/// The way to a single server.
///
/// Not the client's own connection manager, which stays with a connection that never answers (the machine behind it is
/// gone) for as long as the system does, a quarter of an hour; and with a server that became a replica for ever.
pub(crate) struct Single {
    client: Client,
    time: Duration,
    state: Mutex<State>,
    dialing: tokio::sync::Mutex<()>,
}

struct State {
    /// How often it was tried to connect.
    dials: u64,
    connection: Result<MultiplexedConnection, RedisError>,
}

impl Single {
    pub(crate) async fn connect(client: Client, time: Duration) -> RedisResult<Self> {
        let connection = Ok(dial(&client, time).await?);
        let state = Mutex::new(State { dials: 0, connection });
        Ok(Self { client, time, state, dialing: tokio::sync::Mutex::new(()) })
    }

    pub(crate) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        match self.connection().await?.ask(command).await {
            // A server that was started again ends its idle connections, which shows when they are used next. Any step
            // can be repeated: it finds what it did the first time.
            Err(error) if has_ended(&error) => self.connection().await?.ask(command).await,
            answer => answer,
        }
    }

    async fn connection(&self) -> RedisResult<Use<'_>> {
        let seen = {
            let state = self.state();
            if state.connection.is_ok() {
                return state.used_by(self);
            }
            state.dials
        };
        let _turn = self.dialing.lock().await;
        {
            // What somebody found meanwhile counts for all who waited.
            let state = self.state();
            if state.connection.is_ok() || state.dials != seen {
                return state.used_by(self);
            }
        }
        let connection = dial(&self.client, self.time).await;
        let mut state = self.state();
        *state = State { dials: state.dials.wrapping_add(1), connection };
        state.used_by(self)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn used_by<'a>(&self, single: &'a Single) -> RedisResult<Use<'a>> {
        let connection = self.connection.clone()?;
        Ok(Use { single, dial: self.dials, connection, since: Instant::now(), ended: None })
    }
}

/// A connection while a step waits for its answer.
struct Use<'a> {
    single: &'a Single,
    dial: u64,
    connection: MultiplexedConnection,
    since: Instant,
    /// Not known before the answer.
    ended: Option<bool>,
}

impl Use<'_> {
    async fn ask(mut self, command: &Cmd) -> RedisResult<Value> {
        let answer = command.query_async(&mut self.connection).await;
        self.ended = Some(answer.as_ref().is_err_and(has_ended));
        answer
    }
}

impl Drop for Use<'_> {
    /// A connection that ended, or that let a step wait until that was given up, is not used again. One whose step was
    /// dropped early is: the step's client hung up.
    fn drop(&mut self) {
        let waited = || self.since.elapsed() >= self.single.time.checked_div(2).unwrap_or_default();
        if self.ended.unwrap_or_else(waited) {
            let mut state = self.single.state();
            if state.dials == self.dial {
                state.connection = Err((ErrorKind::Io, "the connection does not answer").into());
            }
        }
    }
}

async fn dial(client: &Client, time: Duration) -> RedisResult<MultiplexedConnection> {
    // The step has a time limit of its own.
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(time)).set_response_timeout(None);
    client.get_multiplexed_async_connection_with_config(&config).await
}

/// Whether another connection may do better: this one broke, or leads to a server that is no master any more.
fn has_ended(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::Server(kind) => matches!(kind, ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown),
        ErrorKind::Extension => false,
        _ => true,
    }
}
