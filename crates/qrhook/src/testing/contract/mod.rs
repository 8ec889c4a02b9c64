//! The contract that every store has to keep, as one call.

mod claims;
mod memory;
mod outages;
mod races;
mod settling;
mod sharing;
mod subject;
mod trial;

pub use self::subject::{ByHand, Pace, Subject, by_hand};
use self::trial::Trial;

/// Checks that a store keeps the contract of [`Store`](crate::store::Store), each rule on a fresh store.
///
/// Needs no runtime of its own: await it in the test's, or call it through [`block_on`](super::block_on).
///
/// ```
/// use qrhook::{store::MemoryStore, testing::{block_on, by_hand, store_contract}};
///
/// block_on(store_contract(&by_hand(|clock| MemoryStore::new().with_clock(clock))));
/// ```
///
/// A store that runs on the clock of a server says how to make one, and sleeps:
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
///         MemoryStore::new() // connect, with a prefix or a schema that nobody used before
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
/// One that says it is durable has to be [reopened](Subject::reopen), and one that says it is shared needs
/// [another](Subject::another) on the same records.
///
/// # Panics
///
/// With the sentence of the first rule that the store breaks.
pub async fn store_contract<S: Subject>(subject: &S) {
    let rule = |sentence| Trial::of(sentence, subject);

    claims::wins(rule("the first claim of an event wins").await).await;
    claims::is_in_flight(rule("an event is in flight for as long as the lease of its claim runs").await).await;
    claims::is_done(rule("a committed event is done, for the same occurrence and for another").await).await;
    claims::is_free_after_a_release(rule("a released event can be claimed again, by a new owner").await).await;
    claims::is_taken_over_once(rule("a lease that is over can be taken exactly once").await).await;
    claims::keeps_the_occurrence(rule("the occurrence of a claim is kept over its commit").await).await;
    claims::stand_apart(rule("senders and endpoints stand apart").await).await;
    claims::are_told_apart_exactly(rule("ids that differ in anything are different events").await).await;
    claims::work_with_any_id(rule("any bytes are an id, from one to ten thousand").await).await;

    settling::by_an_old_owner_changes_nothing(rule("an owner that lost its claim changes nothing").await).await;
    settling::counts_when_late(rule("a late commit or release counts when nobody took over").await).await;
    // Before the repeats, which have to keep it.
    memory::lasts_for_the_retention(rule("a handled event is remembered for its retention, and no longer").await).await;
    settling::can_be_repeated(rule("a commit can be repeated").await).await;
    settling::is_final(rule("a release after the commit changes nothing").await).await;
    settling::of_nothing_is_fine(rule("a release can be repeated").await).await;

    memory::spares_live_claims(rule("a sweep never touches a live claim").await).await;
    memory::is_bounded(rule("a sweep forgets what is over, up to its limit").await).await;
    memory::keeps_any_terms(rule("the shortest and the longest terms are kept, and others refused").await).await;
    memory::goes_by_its_own_clock(rule("a jump of the wall clock changes nothing").await).await;
    memory::refuses_when_full(rule("a full store refuses claims and forgets nothing").await).await;
    memory::survives_reopening(rule("reopening keeps handled events and live claims").await).await;

    races::can_be_repeated(rule("a commit whose answer was lost can be repeated").await).await;
    races::have_one_winner(rule("a thousand claims at once have one winner").await).await;
    races::have_one_outcome(rule("a commit that meets a takeover has one outcome").await).await;
    races::leave_no_endless_claim(rule("a step that is dropped leaves no endless claim").await).await;

    sharing::is_in_flight_on_both(rule("what is in flight on one store is in flight on another").await).await;
    sharing::is_done_on_both(rule("what is handled on one store is done on another").await).await;
    sharing::is_taken_over(rule("a lease that is over can be taken on another store").await).await;
    sharing::settles_claims_of_the_other(rule("a claim of one store can be settled through another").await).await;
    races::have_one_winner_on_both(rule("a thousand claims at once on two stores have one winner").await).await;

    outages::end_in_time(rule("a step that cannot reach its server ends in time, with the right error").await).await;
    outages::are_kept(rule("secrets are shown nowhere").await).await;
}

#[cfg(test)]
mod tests;
