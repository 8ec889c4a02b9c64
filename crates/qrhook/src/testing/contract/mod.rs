//! The contract that every store must satisfy, as one call.

mod claims;
mod memory;
mod outages;
mod races;
mod rule;
mod settling;
mod sharing;
mod subject;
mod trial;
mod watch;

use self::rule::rule;
pub use self::subject::{ByHand, Pace, Subject, by_hand};

/// Checks that a store satisfies the contract of [`Store`](crate::store::Store), each rule on a fresh store.
///
/// The call needs no particular runtime: await it in the runtime of the test, or use [`block_on`](super::block_on).
///
/// # Example
///
/// A store that takes a [`Clock`](crate::Clock) needs one line:
///
/// ```
/// use qrhook::{store::MemoryStore, testing::{block_on, by_hand, store_contract}};
///
/// block_on(store_contract(&by_hand(|clock| MemoryStore::new().with_clock(clock))));
/// ```
///
/// For a store that runs on the clock of a server, implement [`Subject`]: it makes the stores, and sleeps.
///
/// ```
/// use std::time::Duration;
/// use qrhook::{store::MemoryStore, testing::{Pace, Subject}};
///
/// struct Served;
///
/// impl Subject for Served {
///     type Store = MemoryStore;
///
///     async fn fresh(&self) -> MemoryStore {
///         MemoryStore::new() // connect, with a prefix or a schema that was never used before
///     }
///
///     async fn pass(&self, time: Duration) {
///         std::thread::sleep(time); // or the sleep of the runtime
///     }
///
///     fn pace(&self) -> Pace {
///         Pace::REAL
///     }
/// }
/// # let _ = Served;
/// ```
///
/// For a store that reports that it is durable, the subject must [reopen](Subject::reopen) it. For a store that reports
/// that it is shared, the subject must make [another](Subject::another) on the same records.
///
/// # Panics
///
/// With the first rule that the store breaks. On a machine that is too slow for the [pace](Pace), a rule is tried again
/// at a slower pace, so that the result does not depend on the machine's speed.
pub async fn store_contract<S: Subject>(subject: &S) {
    rule(subject, "the first claim of an event wins", claims::wins).await;
    rule(subject, "an event is in flight while the lease of its claim lasts", claims::is_in_flight).await;
    rule(subject, "a committed event is done, for the same occurrence and for another", claims::is_done).await;
    rule(subject, "a released event can be claimed again, by a new owner", claims::is_free_after_a_release).await;
    rule(subject, "an expired lease can be taken over exactly once", claims::is_taken_over_once).await;
    rule(subject, "a commit keeps the occurrence of its claim", claims::keeps_the_occurrence).await;
    rule(subject, "senders and endpoints have separate records", claims::stand_apart).await;
    rule(subject, "ids that differ in any byte are different events", claims::are_told_apart_exactly).await;
    rule(subject, "an id may consist of any bytes, from one to ten thousand", claims::work_with_any_id).await;

    rule(subject, "an owner that lost its claim changes nothing", settling::by_an_old_owner_changes_nothing).await;
    rule(subject, "a late commit or release counts unless the claim was taken over", settling::counts_when_late).await;
    // Before the repeats, which must not change it.
    rule(subject, "a handled event is remembered for its retention, and no longer", memory::lasts_for_the_retention)
        .await;
    rule(subject, "a commit can be repeated", settling::can_be_repeated).await;
    rule(subject, "a release after the commit changes nothing", settling::is_final).await;
    rule(subject, "a release can be repeated", settling::of_nothing_is_fine).await;

    rule(subject, "a sweep never touches a live claim", memory::spares_live_claims).await;
    rule(subject, "a sweep removes expired records, up to its limit", memory::is_bounded).await;
    rule(subject, "the shortest and the longest terms are honoured, others refused", memory::keeps_any_terms).await;
    rule(subject, "a jump of the wall clock changes nothing", memory::goes_by_its_own_clock).await;
    rule(subject, "a full store refuses claims and forgets nothing", memory::refuses_when_full).await;
    rule(subject, "reopening keeps handled events and live claims", memory::survives_reopening).await;

    rule(subject, "a commit whose reply was lost can be repeated", races::can_be_repeated).await;
    rule(subject, "of a thousand claims at once, one wins", races::have_one_winner).await;
    rule(subject, "a commit that races with a takeover has one outcome", races::have_one_outcome).await;
    rule(subject, "a step that is dropped does not make a claim last forever", races::leave_no_endless_claim).await;

    rule(subject, "an event in flight on one store is in flight on another", sharing::is_in_flight_on_both).await;
    rule(subject, "an event handled on one store is done on another", sharing::is_done_on_both).await;
    rule(subject, "an expired lease can be taken over on another store", sharing::is_taken_over).await;
    rule(subject, "a claim of one store can be settled through another", sharing::settles_claims_of_the_other).await;
    rule(subject, "of a thousand claims at once on two stores, one wins", races::have_one_winner_on_both).await;

    rule(subject, "a step that cannot reach its server ends in time, with the right error", outages::end_in_time).await;
    rule(subject, "secrets are never shown", outages::are_kept).await;
}

#[cfg(test)]
mod tests;
