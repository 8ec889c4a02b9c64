//! The connections of a store.
//!
//! Its own pool is that of deadpool and not that of sqlx, which waits for a server that refuses connections until its time
//! is over: a step has to fail at once then, and say so. It also asks the server twice more for every statement.

use std::{ops::DerefMut, time::Duration};

use deadpool::managed::{self, Manager, Metrics, Object, PoolError, QueueMode, RecycleError, RecycleResult};
use sqlx::{ConnectOptions, PgConnection, PgPool, Postgres, pool::PoolConnection, postgres::PgConnectOptions};

/// After so long without use a connection is not used again: a firewall in between may have forgotten it.
const IDLE: Duration = Duration::from_secs(60);

/// How old a connection may grow: its server's memory for it grows too.
const AGE: Duration = Duration::from_secs(30 * 60);

/// Where connections come from.
pub(crate) enum Connections {
    /// A pool of the store's own.
    Own(managed::Pool<Connector>),
    /// The pool of the program.
    Program(PgPool),
}

/// How deadpool makes connections, and which it keeps.
pub(crate) struct Connector(PgConnectOptions);

impl Manager for Connector {
    type Type = PgConnection;
    type Error = sqlx::Error;

    async fn create(&self) -> sqlx::Result<PgConnection> {
        self.0.connect().await
    }

    /// Without the question whether it is alive: the statement asks that itself.
    async fn recycle(&self, _: &mut PgConnection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if metrics.last_used() < IDLE && metrics.age() < AGE {
            Ok(())
        } else {
            Err(RecycleError::message("unused for long, or old"))
        }
    }
}

/// A connection for one step. One that is dropped before it is [given back](Self::give_back) is closed: it was cut off
/// in the middle of a statement, and nobody knows when that ends.
pub(crate) struct Lent {
    /// Taken by whoever gives it back.
    connection: Option<Connection>,
    /// Whether it was used before, so that its server may be gone meanwhile.
    pub(crate) used: bool,
}

enum Connection {
    Own(Object<Connector>),
    Program(PoolConnection<Postgres>),
}

impl Connections {
    pub(crate) fn own(options: PgConnectOptions, max: usize) -> Self {
        // The latest first, so that those that are not needed grow old.
        let pool = managed::Pool::builder(Connector(options)).max_size(max.max(1)).queue_mode(QueueMode::Lifo);
        Self::Own(pool.build().expect("only time limits would need a runtime, and it has none"))
    }

    /// A connection, used before if there is one. Whoever waits for it sets the time limit.
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
            // By the settings of the program, which may look whether it is alive, or change it first.
            Self::Program(pool) => {
                Ok(Lent { connection: Some(Connection::Program(pool.acquire().await?)), used: true })
            }
        }
    }

    /// Another connection in place of one that turned out to be dead.
    pub(crate) async fn renew(&self, dead: Lent) -> sqlx::Result<Lent> {
        drop(dead);
        self.forget_idle();
        self.lend().await
    }

    /// Does not use those again that wait: what was found out of one of them is likely true of all.
    pub(crate) fn forget_idle(&self) {
        if let Self::Own(pool) = self {
            pool.retain(|_, _| false);
        }
    }

    /// How many connections there may be.
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

    /// Keeps it for the next step.
    pub(crate) fn give_back(mut self) {
        drop(self.connection.take());
    }
}

impl Drop for Lent {
    /// A pool takes back what is dropped; what was cut off is taken out of it first.
    fn drop(&mut self) {
        match self.connection.take() {
            Some(Connection::Own(connection)) => drop(Object::take(connection)),
            Some(Connection::Program(connection)) => drop(connection.detach()),
            None => {}
        }
    }
}
