//! The execution of the steps.

use std::time::Duration;

use qrhook::store::{Claim, Outcome, Settled, StoreError};
use redis::{ErrorKind, ServerErrorKind, Value};

use crate::{
    error::Password,
    link::Link,
    script::{self, Run},
};

/// The steps on one server or cluster.
pub(crate) struct Steps {
    pub(crate) password: Password,
    pub(crate) link: Link,
    pub(crate) prefix: String,
    pub(crate) time: Duration,
}

impl Steps {
    pub(crate) async fn claim(&self, claim: Claim) -> Result<Outcome, StoreError> {
        let answer = self.run(Run::claim(&self.prefix, &claim)).await?;
        script::outcome(&answer, claim).ok_or_else(unknown)
    }

    pub(crate) async fn commit(&self, claim: &Claim) -> Result<Settled, StoreError> {
        let answer = self.run(Run::commit(&self.prefix, claim)).await?;
        script::settled(&answer).ok_or_else(unknown)
    }

    pub(crate) async fn release(&self, claim: &Claim) -> Result<Settled, StoreError> {
        let answer = self.run(Run::release(&self.prefix, claim)).await?;
        script::settled(&answer).ok_or_else(unknown)
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
        match tokio::time::timeout(self.time, step).await {
            Ok(answer) => answer.map_err(|error| self.password.store_error(&error)),
            Err(_) => Err(StoreError::timeout()),
        }
    }
}

/// The error of an unexpected reply. The reply itself is not shown, because no known server sends it.
fn unknown() -> StoreError {
    StoreError::unavailable("unexpected reply from the server")
}
