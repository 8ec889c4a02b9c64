//! Connecting to a server.

use std::{io, time::Duration};

use sqlx::{ConnectOptions, PgPool, postgres::PgConnectOptions};

use crate::{
    connections::Connections,
    error::{ConnectError, ServerError},
    schema,
    store::PostgresStore,
    url,
};

/// The time limit for connecting and creating the tables when a program starts. A longer step time extends it.
const CONNECT_TIME: Duration = Duration::from_secs(10);

impl PostgresStore {
    /// Connects to a server, and creates the tables if they do not exist.
    ///
    /// The URL is `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with the parameters of
    /// [`PgConnectOptions`](sqlx::postgres::PgConnectOptions). Other parameters are refused.
    ///
    /// # Errors
    ///
    /// If the server cannot be used as a store. The [`ConnectError`] gives the reason.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::options().connect(url).await
    }

    /// Creates a store on the connections of an existing pool, and creates the tables if they do not exist.
    ///
    /// # Errors
    ///
    /// If the server cannot be used as a store. The [`ConnectError`] gives the reason.
    pub async fn with_pool(pool: PgPool) -> Result<Self, ConnectError> {
        Self::options().connect_with(pool).await
    }

    /// Returns the options for connecting, with their defaults.
    pub fn options() -> PostgresOptions {
        PostgresOptions::new()
    }
}

/// Options for connecting to a server, from [`PostgresStore::options`].
///
/// # Example
///
/// ```no_run
/// use std::time::Duration;
/// use qrhook_postgres::PostgresStore;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = PostgresStore::options()
///     .with_step_time(Duration::from_millis(500))
///     .with_max_connections(4)
///     .with_migration(false)
///     .connect("postgres://crm:PASSWORD@db.example/crm?sslmode=verify-full")
///     .await?;
/// # Ok(())
/// # }
/// ```
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

    /// Sets the time limit of a step, including the wait for a connection. The default is one second. Keep it at or
    /// below the time that the receiver allows for a step.
    pub const fn with_step_time(mut self, time: Duration) -> Self {
        self.step_time = time;
        self
    }

    /// Sets the maximum number of connections. The default is 10. One connection serves some thousand steps per second.
    pub const fn with_max_connections(mut self, max: usize) -> Self {
        self.max_connections = max;
        self
    }

    /// Sets whether missing tables are created. The default is `true`. If you turn it off, run
    /// [`SCHEMA`](crate::SCHEMA) with your own migrations.
    pub const fn with_migration(mut self, migration: bool) -> Self {
        self.migration = migration;
        self
    }

    /// Connects to a server with these options. The URL is that of [`PostgresStore::connect`].
    ///
    /// # Errors
    ///
    /// If the server cannot be used as a store. The [`ConnectError`] gives the reason.
    pub async fn connect(self, url: &str) -> Result<PostgresStore, ConnectError> {
        let options = self.limits(url::parse(url)?.disable_statement_logging());
        // Without a Unix socket, the only files involved are those of the certificates.
        let by_file = options.get_socket().is_some() || options.get_host().starts_with('/');
        let connections = Connections::own(options, self.max_connections);
        self.prepare(&connections, by_file).await?;
        Ok(PostgresStore::new(connections, self.step_time))
    }

    /// Creates a store on the connections of an existing pool, whose settings stay unchanged: see
    /// [Time limits](crate#time-limits). [`with_max_connections`](Self::with_max_connections) has no effect.
    ///
    /// # Errors
    ///
    /// If the server cannot be used as a store. The [`ConnectError`] gives the reason.
    pub async fn connect_with(self, pool: PgPool) -> Result<PostgresStore, ConnectError> {
        let connections = Connections::Program(pool);
        self.prepare(&connections, true).await?;
        Ok(PostgresStore::new(connections, self.step_time))
    }

    /// Prepares the server over a connection like those of the steps. The first step reuses it.
    async fn prepare(&self, connections: &Connections, by_file: bool) -> Result<(), ConnectError> {
        let prepared = async {
            let mut lent = connections.lend().await.map_err(|error| {
                if !by_file && is_missing_file(&error) {
                    return ConnectError::Tls { source: ServerError::new("a certificate file is missing") };
                }
                ConnectError::from_server(error)
            })?;
            schema::prepare(lent.connection().map_err(ConnectError::from_server)?, self.migration).await?;
            lent.give_back();
            Ok(())
        };
        let unreachable = || ConnectError::Unreachable { source: ServerError::new("it did not respond in time") };
        tokio::time::timeout(CONNECT_TIME.max(self.step_time), prepared).await.unwrap_or_else(|_| Err(unreachable()))
    }

    /// Sets the server's time limits, so that it stops working for a caller that is gone.
    fn limits(&self, options: PgConnectOptions) -> PgConnectOptions {
        // Zero would mean no limit, and the server accepts at most 31 bits.
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
