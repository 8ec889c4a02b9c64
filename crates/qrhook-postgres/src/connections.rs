//! The connections of a store.
//!
//! Not sqlx's pool, which asks the server twice more for every statement (before, and after in a task of its own), and
//! waits for a server that refuses connections until its time is over: a step has to fail at once then, and say so.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, PgConnection, PgPool, Postgres, pool::PoolConnection, postgres::PgConnectOptions};
use tokio::sync::{Semaphore, SemaphorePermit};

/// After so long without use a connection is not used again: a firewall in between may have forgotten it.
const IDLE: Duration = Duration::from_secs(60);

/// How old a connection may grow: its server's memory for it grows too.
const AGE: Duration = Duration::from_secs(30 * 60);

/// Where connections come from.
pub(crate) enum Connections {
    /// A pool of the store's own.
    Own(Box<Own>),
    /// The pool of the program.
    Pool(PgPool),
}

pub(crate) struct Own {
    options: PgConnectOptions,
    max: usize,
    permits: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: PgConnection,
    made: Instant,
    left: Instant,
}

/// A connection for one step. One that is dropped before it is [given back](Self::give_back) is closed: it was cut off
/// in the middle of a statement, and nobody knows when that ends.
pub(crate) struct Lent<'a> {
    place: Place<'a>,
    /// Whether it was used before, so that its server may be gone meanwhile.
    pub(crate) used: bool,
}

enum Place<'a> {
    Own { connection: PgConnection, made: Instant, home: &'a Own, permit: SemaphorePermit<'a> },
    Pool { connection: CutOff, pool: &'a PgPool },
}

/// A pool takes back what is dropped; what was cut off is taken out of it first.
struct CutOff(Option<PoolConnection<Postgres>>);

impl Drop for CutOff {
    fn drop(&mut self) {
        drop(self.0.take().map(PoolConnection::detach));
    }
}

impl Connections {
    pub(crate) fn own(options: PgConnectOptions, max: usize) -> Self {
        let max = max.clamp(1, Semaphore::MAX_PERMITS);
        Self::Own(Box::new(Own { options, max, permits: Semaphore::new(max), idle: Mutex::default() }))
    }

    /// A connection, used before if there is one. Whoever waits for it sets the time limit.
    pub(crate) async fn lend(&self) -> sqlx::Result<Lent<'_>> {
        match self {
            Self::Own(home) => {
                let permit = home.permits.acquire().await.map_err(|_| sqlx::Error::PoolClosed)?;
                match home.take_idle() {
                    Some(Idle { connection, made, .. }) => {
                        Ok(Lent { place: Place::Own { connection, made, home, permit }, used: true })
                    }
                    None => home.connect(permit).await,
                }
            }
            // Without the question whether it is alive: the statement asks that itself.
            Self::Pool(pool) => match pool.try_acquire() {
                Some(connection) => Ok(Lent::of_pool(connection, pool, true)),
                None => Ok(Lent::of_pool(pool.acquire().await?, pool, false)),
            },
        }
    }

    /// How many connections there may be.
    pub(crate) fn max(&self) -> usize {
        match self {
            Self::Own(own) => own.max,
            Self::Pool(pool) => usize::try_from(pool.options().get_max_connections()).unwrap_or(usize::MAX),
        }
    }
}

impl Own {
    async fn connect<'a>(&'a self, permit: SemaphorePermit<'a>) -> sqlx::Result<Lent<'a>> {
        let connection = self.options.connect().await?;
        Ok(Lent { place: Place::Own { connection, made: Instant::now(), home: self, permit }, used: false })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_idle(&self) -> Option<Idle> {
        let mut idle = self.idle();
        let latest = idle.pop()?;
        if latest.left.elapsed() < IDLE {
            return Some(latest);
        }
        // The others have waited for longer.
        idle.clear();
        None
    }
}

impl<'a> Lent<'a> {
    fn of_pool(connection: PoolConnection<Postgres>, pool: &'a PgPool, used: bool) -> Self {
        Self { place: Place::Pool { connection: CutOff(Some(connection)), pool }, used }
    }

    pub(crate) fn connection(&mut self) -> sqlx::Result<&mut PgConnection> {
        match &mut self.place {
            Place::Own { connection, .. } => Ok(connection),
            Place::Pool { connection, .. } => connection.0.as_deref_mut().ok_or(sqlx::Error::PoolClosed),
        }
    }

    /// Another connection in place of this one, which turned out to be dead.
    pub(crate) async fn renew(self) -> sqlx::Result<Lent<'a>> {
        match self.place {
            Place::Own { connection, home, permit, .. } => {
                drop(connection);
                home.connect(permit).await
            }
            Place::Pool { connection, pool } => {
                drop(connection);
                Ok(Self::of_pool(pool.acquire().await?, pool, false))
            }
        }
    }

    /// Keeps it for the next step.
    pub(crate) fn give_back(self) {
        match self.place {
            Place::Own { connection, made, home, permit } => {
                if made.elapsed() < AGE {
                    home.idle().push(Idle { connection, made, left: Instant::now() });
                }
                // Last, so that whoever waits for the place finds the connection.
                drop(permit);
            }
            Place::Pool { mut connection, .. } => drop(connection.0.take()),
        }
    }
}
