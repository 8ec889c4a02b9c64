//! The steps as SQL, and their execution.

use std::time::Duration;

use qrhook::store::{Claim, StoreError};
use sqlx::{Postgres, postgres::PgArguments, query::QueryScalar};

use crate::{
    connections::Connections,
    error::{ends_the_connection, met_another, store_error},
};

/// A statement that returns one word or number.
pub(crate) type Question<'q, T> = QueryScalar<'q, Postgres, T, PgArguments>;

/// The maximum number of attempts while the record changes during the statement. Each time, another step made progress.
pub(crate) const TRIES: usize = 16;

/// The result of a statement if the record changed after it began.
pub(crate) const CHANGED: &str = "changed";

pub(crate) fn claim(claim: &Claim) -> Question<'_, String> {
    sqlx::query_scalar(include_str!("../sql/claim.sql"))
        .bind(&claim.key().as_bytes()[..])
        .bind(owner(claim))
        .bind(micros(claim.terms().lease()))
        .bind(micros(claim.terms().retention()))
        .bind(signed(claim.terms().occurrence()))
}

pub(crate) fn commit(claim: &Claim) -> Question<'_, String> {
    sqlx::query_scalar(include_str!("../sql/commit.sql"))
        .bind(&claim.key().as_bytes()[..])
        .bind(owner(claim))
        .bind(micros(claim.terms().retention()))
}

pub(crate) fn release(claim: &Claim) -> Question<'_, String> {
    sqlx::query_scalar(include_str!("../sql/release.sql")).bind(&claim.key().as_bytes()[..]).bind(owner(claim))
}

pub(crate) fn sweep<'q>(limit: i64) -> Question<'q, i64> {
    sqlx::query_scalar(include_str!("../sql/sweep.sql")).bind(limit)
}

fn owner(claim: &Claim) -> Vec<u8> {
    claim.owner().as_bytes().to_vec()
}

/// The duration in microseconds, rounded up so that nothing ends at once. Ten years are far below the maximum.
pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos().div_ceil(1000)).unwrap_or(i64::MAX)
}

/// The same 32 bits as a signed integer, because PostgreSQL has no unsigned integers.
pub(crate) const fn signed(occurrence: u32) -> i32 {
    occurrence.cast_signed()
}

/// The result of a step's statement.
pub(crate) trait Answer: Sized {
    /// Returns whether this is a result, rather than the report that the record changed in the meantime.
    fn is_final(&self) -> bool {
        true
    }
}

impl Answer for i64 {}

impl Answer for String {
    fn is_final(&self) -> bool {
        self != CHANGED
    }
}

impl Connections {
    /// Runs a step within its time limit.
    pub(crate) async fn ask<'q, T>(
        &self,
        time: Duration,
        question: impl Fn() -> Question<'q, T> + Send + Sync,
    ) -> Result<T, StoreError>
    where
        T: Answer + Send + Unpin + 'q,
        (T,): for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        let asked = async {
            for _ in 0..TRIES {
                match self.ask_once(&question).await {
                    Ok(answer) if answer.is_final() => return Ok(answer),
                    Ok(_) => {}
                    Err(error) if met_another(&error) => {}
                    Err(error) => return Err(store_error(error)),
                }
            }
            Err(StoreError::unavailable("the record kept changing while the step ran"))
        };
        match tokio::time::timeout(time, asked).await {
            Ok(answer) => answer,
            Err(_) => {
                // The server may have moved, and left behind connections that never respond.
                self.forget_idle();
                Err(StoreError::timeout())
            }
        }
    }

    async fn ask_once<'q, T>(&self, question: impl Fn() -> Question<'q, T>) -> sqlx::Result<T>
    where
        T: Send + Unpin + 'q,
        (T,): for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        let mut lent = self.lend().await?;
        let mut answer = question().fetch_one(lent.connection()?).await;
        // A server that was restarted has ended the idle connections. Every step can be repeated: a claim recognises
        // its own record, and a commit or a release finds that it is already done.
        if lent.used && answer.as_ref().is_err_and(ends_the_connection) {
            lent = self.renew(lent).await?;
            answer = question().fetch_one(lent.connection()?).await;
        }
        if !answer.as_ref().is_err_and(ends_the_connection) {
            lent.give_back();
        }
        answer
    }
}
