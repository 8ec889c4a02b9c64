//! The claim inside a transaction of the handler's own.

use qrhook::{
    Delivery, Provider, Rejection,
    store::{Key, Terms},
};
use sqlx::{Postgres, Transaction};

use crate::{
    error::{code, met_another, store_error},
    steps::{CHANGED, TRIES, micros, signed},
};

/// The claim inside a transaction as SQL, for people on other drivers: see
/// [The claim with another driver](crate#the-claim-with-another-driver).
pub const CLAIM_IN: &str = include_str!("../sql/claim_in.sql");

/// An event that is its transaction's to handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimedIn {
    /// Whether another event with this id was handled before, of another type or time of creation. Only under
    /// [`IdConflict::Deliver`](qrhook::receiver::IdConflict::Deliver).
    pub id_conflict: bool,
}

/// Claims an event inside a transaction: the id is remembered when the transaction commits, together with what else was
/// written in it, and not at all when it does not.
///
/// Does not wait for another transaction that handles the same event. A transaction that claims an event twice has it
/// twice. An event that is not deduplicated is claimed without a word.
///
/// In the rest of the transaction, `synchronous_commit` is not `off`, and the server ends the session when the
/// transaction is idle for longer than the receiver's lease: a program that died in it holds the event no longer.
///
/// The [crate page](crate#the-claim-inside-your-transaction) has the handler in full.
///
/// # Errors
///
/// The ready-made response of the handler, which must end the transaction without a commit:
///
/// | Rejection | When |
/// | --- | --- |
/// | [`Duplicate`](Rejection::Duplicate) | the event was handled |
/// | [`InFlight`](Rejection::InFlight) | it is being handled, by a transaction or through the store; or it was handled since a transaction in `REPEATABLE READ` or `SERIALIZABLE` began |
/// | [`Store`](Rejection::Store) | the server failed; the cause is in the log |
/// | [`ClaimNotManual`](Rejection::ClaimNotManual) | the delivery is not of a receiver [with manual claims](qrhook::receiver::ReceiverBuilder::with_manual_claims) |
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
                sender = P::NAME,
                key = %request.key(),
                "another event with this id was handled before, of another type or time of creation; this one is \
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
/// A commit that fails may have happened anyway: its reply can get lost. So the sender is told to try
/// again, and its next try finds out: the event is a duplicate, or is handled then.
///
/// Use it in place of [`Transaction::commit`], which succeeds and commits nothing when a statement before it failed and
/// the handler went on: the event would be acknowledged and lost.
///
/// # Errors
///
/// The ready-made response of the handler: [`Rejection::Store`], with the cause in the log; or [`Rejection::InFlight`] when
/// the transaction met another and was rolled back, as in `SERIALIZABLE` it may.
pub async fn commit(mut transaction: Transaction<'_, Postgres>) -> Result<(), Rejection> {
    // Fails in a transaction that cannot be committed any more; COMMIT itself ends that one without an error.
    if let Err(error) = sqlx::query("SELECT").execute(&mut *transaction).await {
        // The claim is given back before the sender's next try, not when the connection is used again.
        drop(transaction.rollback().await);
        return Err(rejection(error, "the transaction of the handler had failed, and was not committed"));
    }
    let committed = transaction.commit().await;
    committed.map_err(|error| rejection(error, "whether the transaction of the handler was committed is not known"))
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
            asked.map_err(|error| rejection(error, "the event was not claimed in the transaction of the handler"))?;
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
    // Somebody held the row, or this transaction met another, and is rolled back. Certainly not committed, and no fault.
    if met_another(&error) || code(&error).as_deref() == Some("55P03") {
        return Rejection::InFlight;
    }
    let error = store_error(error);
    let cause = std::error::Error::source(&error).map(tracing::field::display);
    tracing::error!(cause, "{error}: {what}");
    Rejection::Store(error.kind())
}
