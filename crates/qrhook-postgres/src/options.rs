//! How a server is connected to.

use std::{io, time::Duration};

use sqlx::{ConnectOptions, PgPool, postgres::PgConnectOptions};

use crate::{
    connections::Connections,
    error::{ConnectError, ServerError},
    schema,
    store::PostgresStore,
    url,
};

/// How long connecting and making the tables may take, at the start of a program. Longer if a step may.
const CONNECT_TIME: Duration = Duration::from_secs(10);

impl PostgresStore {
    /// Connects to a server, and makes the tables if there are none. The URL is
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with the parameters of
    /// [`PgConnectOptions`](sqlx::postgres::PgConnectOptions); others are refused.
    ///
    /// # Errors
    ///
    /// When the server cannot be the store; [`ConnectError`] says why.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::options().connect(url).await
    }

    /// The same on connections of a pool that you have already.
    ///
    /// # Errors
    ///
    /// When the server cannot be the store; [`ConnectError`] says why.
    pub async fn with_pool(pool: PgPool) -> Result<Self, ConnectError> {
        Self::options().connect_with(pool).await
    }

    /// How to connect other than by default.
    pub fn options() -> PostgresOptions {
        PostgresOptions::new()
    }
}

/// How a server is connected to. From [`PostgresStore::options`].
#[derive(Debug, Clone)]
#[must_use]
pub struct PostgresOptions {
    step_time: Duration,
    max_connections: usize,
    migration: bool,
}

impl PostgresOptions {
    pub(crate) const fn new() -> Self {
        Self { step_time: Duration::from_secs(1), max_connections: 10, migration: true }
    }

    /// How long a step may take, waiting for a connection included: a second unless changed. Keep it at or below the
    /// time that the receiver gives a step.
    pub const fn with_step_time(mut self, time: Duration) -> Self {
        self.step_time = time;
        self
    }

    /// How many connections it may hold: 10 unless changed. One serves some thousand steps in a second.
    pub const fn with_max_connections(mut self, max: usize) -> Self {
        self.max_connections = max;
        self
    }

    /// Whether missing tables are made: yes unless changed. Otherwise run [`SCHEMA`](crate::SCHEMA) with your own
    /// migrations.
    pub const fn with_migration(mut self, migration: bool) -> Self {
        self.migration = migration;
        self
    }

    /// Connects to a server.
    ///
    /// # Errors
    ///
    /// When the server cannot be the store; [`ConnectError`] says why.
    pub async fn connect(self, url: &str) -> Result<PostgresStore, ConnectError> {
        let options = self.limits(url::parse(url)?.disable_statement_logging());
        // Without a socket there is no other file than those of the certificates.
        let by_file = options.get_socket().is_some() || options.get_host().starts_with('/');
        let connections = Connections::own(options, self.max_connections);
        self.prepare(&connections, by_file).await?;
        Ok(PostgresStore::new(connections, self.step_time))
    }

    /// Connects by the pool that you have already. Its settings stay as they are: see
    /// [Time limits](crate#time-limits). [`with_max_connections`](Self::with_max_connections) does not count.
    ///
    /// # Errors
    ///
    /// When the server cannot be the store; [`ConnectError`] says why.
    pub async fn connect_with(self, pool: PgPool) -> Result<PostgresStore, ConnectError> {
        let connections = Connections::Program(pool);
        self.prepare(&connections, true).await?;
        Ok(PostgresStore::new(connections, self.step_time))
    }

    /// By a connection of the kind that the steps will have, and which the first of them gets.
    async fn prepare(&self, connections: &Connections, by_file: bool) -> Result<(), ConnectError> {
        let prepared = async {
            let mut lent = connections.lend().await.map_err(|error| {
                if !by_file && is_missing_file(&error) {
                    return ConnectError::Tls { source: ServerError::new("a file of a certificate is missing") };
                }
                ConnectError::from_server(error)
            })?;
            schema::prepare(lent.connection().map_err(ConnectError::from_server)?, self.migration).await?;
            lent.give_back();
            Ok(())
        };
        let unreachable = || ConnectError::Unreachable { source: ServerError::new("it did not answer in time") };
        tokio::time::timeout(CONNECT_TIME.max(self.step_time), prepared).await.unwrap_or_else(|_| Err(unreachable()))
    }

    /// The limits of the server, so that it does not work on for somebody who went away.
    fn limits(&self, options: PgConnectOptions) -> PgConnectOptions {
        // Zero would be no limit, and more than 31 bits no number.
        let millis = |time: Duration| time.as_millis().clamp(1, 0x7fff_ffff).to_string();
        options.options([
            ("statement_timeout", millis(self.step_time)),
            ("lock_timeout", millis(self.step_time.mul_f64(0.5))),
            ("default_transaction_isolation", "read committed".to_owned()),
        ])
    }
}

fn is_missing_file(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(cause) if cause.kind() == io::ErrorKind::NotFound)
}
