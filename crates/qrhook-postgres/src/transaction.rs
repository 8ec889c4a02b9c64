//! The claim inside the handler's own transaction.

use qrhook::{
    Delivery, Provider, Rejection,
    store::{Key, Terms},
};
use sqlx::{Postgres, Transaction};

use crate::{
    error::{code, met_another, store_error},
    steps::{CHANGED, TRIES, micros, signed},
};

/// The SQL statement of [`claim_in`], for use with another driver. See
/// [The claim with another driver](crate#the-claim-with-another-driver).
pub const CLAIM_IN: &str = include_str!("../sql/claim_in.sql");

/// An event that was claimed in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimedIn {
    /// Whether another event with this id, of another type or creation time, was handled before. Only with
    /// [`IdConflict::Deliver`](qrhook::receiver::IdConflict::Deliver).
    pub id_conflict: bool,
}

/// Claims an event inside a transaction. The id is remembered if the transaction commits, together with its other
/// writes, and is forgotten if it does not.
///
/// The claim does not wait for another transaction that handles the same event. A transaction may claim the same event
/// more than once. An event that is not deduplicated is always claimed.
///
/// For the rest of the transaction, `synchronous_commit` is not `off`, and the server ends the session if the
/// transaction is idle for longer than the receiver's lease, so that a program that died does not hold the event any
/// longer.
///
/// # Example
///
/// ```no_run
/// use qrhook::{Delivery, Rejection, qrstudio::QrStudio};
/// use qrhook_postgres::{claim_in, commit};
/// use sqlx::{Postgres, Transaction};
///
/// async fn handle(
///     mut transaction: Transaction<'_, Postgres>,
///     delivery: &Delivery<QrStudio>,
/// ) -> Result<(), Rejection> {
///     let claimed = claim_in(&mut transaction, delivery).await?;
///     if claimed.id_conflict {
///         // Another event with the same id was handled before.
///     }
///     // Your own writes go here.
///     commit(transaction).await
/// }
/// ```
///
/// The complete handler is on the [crate page](crate#the-claim-inside-your-transaction).
///
/// # Errors
///
/// The response that the handler returns. It must end the transaction without a commit:
///
/// | Rejection | When |
/// | --- | --- |
/// | [`Duplicate`](Rejection::Duplicate) | the event was handled |
/// | [`InFlight`](Rejection::InFlight) | the event is being handled, in a transaction or through the store; or it was handled since a transaction in `REPEATABLE READ` or `SERIALIZABLE` began |
/// | [`Store`](Rejection::Store) | the server failed; the cause is in the log |
/// | [`ClaimNotManual`](Rejection::ClaimNotManual) | the delivery is not from a receiver [with manual claims](qrhook::receiver::ReceiverBuilder::with_manual_claims) |
pub async fn claim_in<P: Provider>(
    transaction: &mut Transaction<'_, Postgres>,
    delivery: &Delivery<P>,
) -> Result<ClaimedIn, Rejection> {
    let Some(request) = delivery.claim_request()? else { return Ok(ClaimedIn { id_conflict: false }) };
    match claim_key(transaction, request.key(), request.terms()).await? {
        Found::Nothing => Ok(ClaimedIn { id_conflict: false }),
        Found::Done { same_occurrence: true } => Err(Rejection::Duplicate { id_conflict: false }),
        Found::Done { same_occurrence: false } => {
            let Some(key) = request.conflict_key() else { return Err(Rejection::Duplicate { id_conflict: true }) };
            tracing::warn!(
                sender = delivery.sender(),
                key = %request.key(),
                "another event with this id, of another type or creation time, was handled before; this one is \
                 delivered if it was not handled itself"
            );
            match claim_key(transaction, key, request.terms()).await? {
                Found::Nothing => Ok(ClaimedIn { id_conflict: true }),
                Found::Done { same_occurrence } => Err(Rejection::Duplicate { id_conflict: !same_occurrence }),
            }
        }
    }
}

/// Commits the transaction of a claim.
///
/// A commit that fails may have happened anyway, because its reply can get lost. The sender is therefore asked to try
/// again: its next attempt either finds a duplicate or handles the event.
///
/// Use it instead of [`Transaction::commit`]. If a statement failed and the handler continued, that method succeeds
/// without committing anything, and the event would be acknowledged and lost.
///
/// # Example
///
/// ```no_run
/// use qrhook::Rejection;
/// use qrhook_postgres::commit;
/// use sqlx::{Postgres, Transaction};
///
/// async fn finish(mut transaction: Transaction<'_, Postgres>) -> Result<(), Rejection> {
///     // This failure is ignored here, but the transaction can no longer be committed.
///     let _ = sqlx::query("SELECT 1 / 0").execute(&mut *transaction).await;
///     assert!(matches!(commit(transaction).await, Err(Rejection::Store(_))));
///     Ok(())
/// }
/// ```
///
/// # Errors
///
/// The response that the handler returns: [`Rejection::Store`], with the cause in the log, or [`Rejection::InFlight`]
/// if the transaction conflicted with another one and was rolled back, which can happen in `SERIALIZABLE`.
pub async fn commit(mut transaction: Transaction<'_, Postgres>) -> Result<(), Rejection> {
    // This fails in a transaction that can no longer be committed, whereas COMMIT ends such a transaction without an
    // error.
    if let Err(error) = sqlx::query("SELECT").execute(&mut *transaction).await {
        // Rolled back at once, so that the claim is released before the sender's next attempt, and not only when the
        // connection is used again.
        drop(transaction.rollback().await);
        return Err(rejection(error, "the handler's transaction had failed and was not committed"));
    }
    let committed = transaction.commit().await;
    committed.map_err(|error| rejection(error, "it is unknown whether the handler's transaction was committed"))
}

enum Found {
    Nothing,
    Done { same_occurrence: bool },
}

async fn claim_key(transaction: &mut Transaction<'_, Postgres>, key: &Key, terms: &Terms) -> Result<Found, Rejection> {
    for _ in 0..TRIES {
        let asked = sqlx::query_as(CLAIM_IN)
            .bind(&key.as_bytes()[..])
            .bind(micros(terms.lease()))
            .bind(micros(terms.retention()))
            .bind(signed(terms.occurrence()))
            .fetch_one(&mut **transaction)
            .await;
        let (outcome, _lock_timeout): (String, String) =
            asked.map_err(|error| rejection(error, "the event was not claimed in the handler's transaction"))?;
        match outcome.as_str() {
            "acquired" => return Ok(Found::Nothing),
            "duplicate" => return Ok(Found::Done { same_occurrence: true }),
            "conflict" => return Ok(Found::Done { same_occurrence: false }),
            CHANGED => {}
            _ => return Err(Rejection::InFlight),
        }
    }
    Err(Rejection::InFlight)
}

fn rejection(error: sqlx::Error, what: &str) -> Rejection {
    // Another transaction locked the row, or conflicted with this one, which is rolled back. It is certainly not
    // committed, and nothing is wrong with the server.
    if met_another(&error) || code(&error).as_deref() == Some("55P03") {
        return Rejection::InFlight;
    }
    let error = store_error(error);
    let cause = std::error::Error::source(&error).map(tracing::field::display);
    tracing::error!(cause, "{error}: {what}");
    Rejection::Store(error.kind())
}
