//! The link to a single server: one connection that all steps share, and its replacement when it ends.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, RedisError, RedisResult, ServerErrorKind, Value,
    aio::MultiplexedConnection,
};

use crate::runtime::Home;

/// The link to a single server.
///
/// The client's own connection manager is not used here. When a server's machine disappears, it keeps the dead
/// connection for as long as the system does (a quarter of an hour). When a server becomes a replica, it stays
/// connected to it forever.
pub(crate) struct Single(Arc<Shared>);

struct Shared {
    client: Client,
    time: Duration,
    home: Home,
    state: Mutex<State>,
    dialing: Arc<tokio::sync::Mutex<()>>,
}

struct State {
    /// The number of attempts to connect.
    dials: u64,
    connection: Result<MultiplexedConnection, RedisError>,
    /// The time of the last reply.
    heard: Instant,
    /// The start of the current silence: steps have been given up since then, and none got a reply.
    silent: Option<Instant>,
}

impl Single {
    pub(crate) async fn connect(client: Client, time: Duration) -> RedisResult<Self> {
        let state = Mutex::new(State::new(0, Ok(dial(&client, time).await?)));
        Ok(Self(Arc::new(Shared { client, time, home: Home::here(), state, dialing: Arc::default() })))
    }

    pub(crate) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        match self.connection().await?.ask(command).await {
            // A server that was restarted has ended its idle connections, which shows at their next use. Any step can
            // be repeated: it recognises what it did the first time.
            Err(error) if has_ended(&error) => self.connection().await?.ask(command).await,
            answer => answer,
        }
    }

    async fn connection(&self) -> RedisResult<Use<'_>> {
        let seen = {
            let state = self.0.state();
            if state.connection.is_ok() {
                return state.used_by(&self.0);
            }
            state.dials
        };
        let turn = Arc::clone(&self.0.dialing).lock_owned().await;
        {
            // The result of another step's attempt counts for all steps that waited.
            let state = self.0.state();
            if state.connection.is_ok() || state.dials != seen {
                return state.used_by(&self.0);
            }
        }
        let shared = Arc::clone(&self.0);
        // Not in the step itself: if the step ended first, its attempt would end too, and the next step, with only the
        // rest of its own time, would start over. Under load no attempt would ever finish.
        let dialing = self.0.home.spawn(async move {
            let _turn = turn;
            let connection = dial(&shared.client, shared.time).await;
            let mut state = shared.state();
            *state = State::new(state.dials.wrapping_add(1), connection);
        });
        if let Some(dialing) = dialing {
            // The attempt ends early if its runtime ends. Then the previous error remains.
            let _ = dialing.await;
        }
        self.0.state().used_by(&self.0)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new(dials: u64, connection: RedisResult<MultiplexedConnection>) -> Self {
        Self { dials, connection, heard: Instant::now(), silent: None }
    }

    fn used_by<'a>(&self, shared: &'a Shared) -> RedisResult<Use<'a>> {
        let connection = self.connection.clone()?;
        Ok(Use { shared, dial: self.dials, connection, since: Instant::now(), answered: false })
    }

    fn heard(&mut self) {
        self.heard = Instant::now();
        self.silent = None;
    }

    /// Records that a step was given up. Returns how long the connection has been silent, which is longer than that
    /// step waited if others were given up before it. The store cannot tell whether a step was given up because its
    /// client hung up.
    fn given_up(&mut self, since: Instant) -> Duration {
        self.silent.get_or_insert(since.max(self.heard)).elapsed()
    }
}

/// A connection while a step waits for its reply.
struct Use<'a> {
    shared: &'a Shared,
    dial: u64,
    connection: MultiplexedConnection,
    since: Instant,
    answered: bool,
}

impl Use<'_> {
    async fn ask(mut self, command: &Cmd) -> RedisResult<Value> {
        let answer = command.query_async(&mut self.connection).await;
        self.answered = true;
        self.note(|state| {
            state.heard();
            answer.as_ref().is_err_and(has_ended)
        });
        answer
    }

    /// Records the result of a step. A connection that ended is not used again.
    fn note(&self, ended: impl FnOnce(&mut State) -> bool) {
        let mut state = self.shared.state();
        if state.dials == self.dial && ended(&mut state) {
            state.connection = Err((ErrorKind::Io, "the connection does not respond").into());
        }
    }
}

impl Drop for Use<'_> {
    /// Discards a connection that has been silent for a long time. After a short silence it is kept: a client may
    /// simply have hung up.
    fn drop(&mut self) {
        if !self.answered {
            let long = self.shared.time.checked_div(2).unwrap_or_default();
            self.note(|state| state.given_up(self.since) >= long);
        }
    }
}

async fn dial(client: &Client, time: Duration) -> RedisResult<MultiplexedConnection> {
    // The step has a time limit of its own.
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(time)).set_response_timeout(None);
    client.get_multiplexed_async_connection_with_config(&config).await
}

/// Returns whether another connection may succeed: this one is broken, or leads to a server that is no longer a master.
fn has_ended(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::Server(kind) => matches!(kind, ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown),
        ErrorKind::Extension => false,
        _ => true,
    }
}
