//! The connections of a store.
//!
//! Its own pool is from deadpool and not from sqlx. While a server refuses connections, the pool of sqlx waits until
//! its time limit, whereas a step must fail at once with the server's error. The pool of sqlx also makes two more round
//! trips for every statement.

use std::{ops::DerefMut, time::Duration};

use deadpool::managed::{self, Manager, Metrics, Object, PoolError, QueueMode, RecycleError, RecycleResult};
use sqlx::{ConnectOptions, PgConnection, PgPool, Postgres, pool::PoolConnection, postgres::PgConnectOptions};

/// The idle time after which a connection is not used again, because a firewall in between may have dropped it.
const IDLE: Duration = Duration::from_secs(60);

/// The maximum age of a connection. It is limited because the server's memory for a connection grows with time.
const AGE: Duration = Duration::from_secs(30 * 60);

/// The source of connections.
pub(crate) enum Connections {
    /// The store's own pool.
    Own(managed::Pool<Connector>),
    /// The pool of the program.
    Program(PgPool),
}

/// Tells deadpool how to create connections, and which to keep.
pub(crate) struct Connector(PgConnectOptions);

impl Manager for Connector {
    type Type = PgConnection;
    type Error = sqlx::Error;

    async fn create(&self) -> sqlx::Result<PgConnection> {
        self.0.connect().await
    }

    /// Does not check that the connection is alive, because the statement itself would fail.
    async fn recycle(&self, _: &mut PgConnection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if metrics.last_used() < IDLE && metrics.age() < AGE {
            Ok(())
        } else {
            Err(RecycleError::message("idle for too long, or too old"))
        }
    }
}

/// A connection for one step. If it is dropped before it is [given back](Self::give_back), it is closed: its statement
/// was interrupted and may run on indefinitely.
pub(crate) struct Lent {
    /// `None` once it is given back.
    connection: Option<Connection>,
    /// Whether it was used before. If so, the server may have gone in the meantime.
    pub(crate) used: bool,
}

enum Connection {
    Own(Object<Connector>),
    Program(PoolConnection<Postgres>),
}

impl Connections {
    pub(crate) fn own(options: PgConnectOptions, max: usize) -> Self {
        // Last in, first out, so that unneeded connections become idle and expire.
        let pool = managed::Pool::builder(Connector(options)).max_size(max.max(1)).queue_mode(QueueMode::Lifo);
        Self::Own(pool.build().expect("a pool without time limits needs no runtime"))
    }

    /// Returns an idle connection if there is one, or a new one. The caller sets the time limit.
    pub(crate) async fn lend(&self) -> sqlx::Result<Lent> {
        match self {
            Self::Own(pool) => {
                let connection = pool.get().await.map_err(|error| match error {
                    PoolError::Backend(error) => error,
                    _ => sqlx::Error::PoolClosed,
                })?;
                let used = Object::metrics(&connection).recycle_count > 0;
                Ok(Lent { connection: Some(Connection::Own(connection)), used })
            }
            // The settings of the program's pool decide whether the connection is checked or prepared first.
            Self::Program(pool) => {
                Ok(Lent { connection: Some(Connection::Program(pool.acquire().await?)), used: true })
            }
        }
    }

    /// Replaces a connection that turned out to be dead.
    pub(crate) async fn renew(&self, dead: Lent) -> sqlx::Result<Lent> {
        drop(dead);
        self.forget_idle();
        self.lend().await
    }

    /// Drops all idle connections: if one of them is dead, the others probably are as well.
    pub(crate) fn forget_idle(&self) {
        if let Self::Own(pool) = self {
            pool.retain(|_, _| false);
        }
    }

    /// The maximum number of connections.
    pub(crate) fn max(&self) -> usize {
        match self {
            Self::Own(pool) => pool.status().max_size,
            Self::Program(pool) => usize::try_from(pool.options().get_max_connections()).unwrap_or(usize::MAX),
        }
    }
}

impl Lent {
    pub(crate) fn connection(&mut self) -> sqlx::Result<&mut PgConnection> {
        match &mut self.connection {
            Some(Connection::Own(connection)) => Ok(connection.deref_mut()),
            Some(Connection::Program(connection)) => Ok(connection.deref_mut()),
            None => Err(sqlx::Error::PoolClosed),
        }
    }

    /// Keeps the connection for the next step.
    pub(crate) fn give_back(mut self) {
        drop(self.connection.take());
    }
}

impl Drop for Lent {
    /// Takes an interrupted connection out of its pool first, because a pool reuses the connections that are dropped.
    fn drop(&mut self) {
        match self.connection.take() {
            Some(Connection::Own(connection)) => drop(Object::take(connection)),
            Some(Connection::Program(connection)) => drop(connection.detach()),
            None => {}
        }
    }
}
