//! The store, as its callers see it.

use std::{fmt, time::Duration};

use qrhook::store::{Claim, Key, Outcome, Settled, Store, StoreError, StoreFuture, StoreProperties, Terms};
use redis::{ErrorKind, ServerErrorKind, Value};

use crate::{
    error::{ConnectError, Password},
    link::Link,
    options::RedisOptions,
    script::{self, Run},
};

/// A store in Redis. The [crate page](crate) says what it promises.
pub struct RedisStore {
    server: String,
    password: Password,
    link: Link,
    prefix: String,
    step_time: Duration,
    durable: bool,
}

impl RedisStore {
    /// Connects to a server, or to the cluster that it is a node of.
    ///
    /// The address is `redis://user:password@host:port/database`, all but the host optional; `rediss://` with TLS;
    /// `unix:///path/of/the.sock`. A cluster is found out by asking.
    ///
    /// # Errors
    ///
    /// When the server cannot be the store; [`ConnectError`] says why and names it.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::options().connect(url).await
    }

    /// How to connect other than by default.
    pub fn options() -> RedisOptions {
        RedisOptions::new()
    }

    pub(crate) const fn new(
        server: String,
        password: Password,
        link: Link,
        prefix: String,
        step_time: Duration,
        durable: bool,
    ) -> Self {
        Self { server, password, link, prefix, step_time, durable }
    }

    async fn run(&self, run: Run<'_>) -> Result<Value, StoreError> {
        let step = async {
            match self.link.ask(&run.by_hash()).await {
                Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                    self.link.ask(&run.in_full()).await
                }
                answer => answer,
            }
        };
        match tokio::time::timeout(self.step_time, step).await {
            Ok(answer) => answer.map_err(|error| self.password.store_error(&error)),
            Err(_) => Err(StoreError::timeout()),
        }
    }
}

impl Store for RedisStore {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        Box::pin(async move {
            let claim = Claim::new(*key, *terms)?;
            let answer = self.run(Run::claim(&self.prefix, &claim)).await?;
            script::outcome(&answer, claim).ok_or_else(unknown)
        })
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(async move {
            let answer = self.run(Run::commit(&self.prefix, claim)).await?;
            script::settled(&answer).ok_or_else(unknown)
        })
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(async move {
            let answer = self.run(Run::release(&self.prefix, claim)).await?;
            script::settled(&answer).ok_or_else(unknown)
        })
    }

    /// Does nothing: the server forgets by itself what is past its retention.
    fn sweep(&self, _limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(async { Ok(0) })
    }

    fn properties(&self) -> StoreProperties {
        let properties = if self.durable { StoreProperties::durable() } else { StoreProperties::volatile() };
        properties.with_shared(true)
    }
}

/// The answer itself is not shown: a server that answers so is none that is known.
fn unknown() -> StoreError {
    StoreError::unavailable("the server gave an answer that means nothing")
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("server", &self.server)
            .field("prefix", &self.prefix)
            .field("durable", &self.durable)
            .finish_non_exhaustive()
    }
}
