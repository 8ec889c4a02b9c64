//! Shows that the contract finds mistakes: each of these stores makes one, and the contract names the rule that it
//! breaks.
#![expect(clippy::arithmetic_side_effects, reason = "the times of a test are small")]

mod fault;
mod faulty;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use self::{
    fault::Fault,
    faulty::{Faulty, SECRET},
};
use super::*;
use crate::{
    store::{MemoryStore, StoreErrorKind},
    testing::{Step, block_on, in_turns},
};

fn contract(fault: Fault) {
    let mut subject = by_hand(move |clock| Faulty::new(fault, clock, usize::MAX))
        .with_small(move |clock, ids| Faulty::new(fault, clock, ids));
    if fault != Fault::CallsItselfDurable {
        subject = subject.with_reopen(|_, store| store.reopened());
    }
    if fault != Fault::CallsItselfShared {
        subject = subject.with_another(|_, store| store.another());
    }
    block_on(store_contract(&Served(subject)));
}

/// Stores that behave as if they had a server.
struct Served(ByHand<Faulty>);

impl Subject for Served {
    type Store = Faulty;

    async fn fresh(&self) -> Faulty {
        self.0.fresh().await
    }

    async fn pass(&self, time: Duration) {
        self.0.pass(time).await;
    }

    fn pace(&self) -> Pace {
        // One of the unreachable steps never ends, and the others end immediately.
        Pace { step: Duration::from_millis(100), ..Pace::BY_HAND }
    }

    async fn small(&self, ids: usize) -> Option<Faulty> {
        self.0.small(ids).await
    }

    async fn reopen(&self, store: Faulty) -> Option<Faulty> {
        self.0.reopen(store).await
    }

    async fn another(&self, store: &Faulty) -> Option<Faulty> {
        self.0.another(store).await
    }

    async fn unreachable(&self) -> Vec<(Faulty, StoreErrorKind)> {
        vec![(self.0.fresh().await.unreachable(), StoreErrorKind::Unavailable)]
    }

    fn jump(&self, seconds: i64) -> bool {
        self.0.jump(seconds)
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.to_owned()]
    }

    async fn together(&self, steps: Vec<Step>) {
        in_turns(steps).await;
    }
}

#[test]
fn a_store_without_a_fault_keeps_it() {
    contract(Fault::None);
}

const REOPENING: &str = "reopening keeps handled events and live claims";
const UNREACHABLE: &str = "a step that cannot reach its server ends in time, with the right error";

#[test]
fn every_fault_is_told_which_rule_it_breaks() {
    let faults = [
        (Fault::ClaimsNeverWin, "the first claim of an event wins"),
        (Fault::ClaimsAlwaysWin, "an event is in flight while the lease of its claim lasts"),
        (Fault::LeaseIsShortened, "an event is in flight while the lease of its claim lasts"),
        (Fault::HandledEventsAreClaimedAgain, "a committed event is done, for the same occurrence and for another"),
        (Fault::OccurrenceIsForgotten, "a committed event is done, for the same occurrence and for another"),
        (Fault::OccurrenceIsCutToOneByte, "a commit keeps the occurrence of its claim"),
        (Fault::ReleaseChangesNothing, "a released event can be claimed again, by a new owner"),
        (Fault::LeaseNeverEnds, "an expired lease can be taken over exactly once"),
        (Fault::TakeoverKeepsTheLeaseThatIsOver, "an expired lease can be taken over exactly once"),
        (Fault::KeysAreCut, "ids that differ in any byte are different events"),
        (Fault::CommitIgnoresTheOwner, "an owner that lost its claim changes nothing"),
        (Fault::ReleaseIgnoresTheOwner, "an owner that lost its claim changes nothing"),
        (Fault::CommitAfterTheLeaseIsLost, "a late commit or release counts unless the claim was taken over"),
        (Fault::SweepDropsLapsedClaims, "a late commit or release counts unless the claim was taken over"),
        (Fault::RetentionIsShortened, "a handled event is remembered for its retention, and no longer"),
        (Fault::RetentionRunsFromTheClaim, "a handled event is remembered for its retention, and no longer"),
        (Fault::RetentionNeverEnds, "a handled event is remembered for its retention, and no longer"),
        (Fault::SweepDropsHandledEvents, "a handled event is remembered for its retention, and no longer"),
        (Fault::RepeatedCommitIsLost, "a commit can be repeated"),
        (Fault::RepeatedCommitExtends, "a commit can be repeated"),
        (Fault::ReleaseForgetsHandledEvents, "a release after the commit changes nothing"),
        (Fault::RepeatedReleaseIsLost, "a release can be repeated"),
        (Fault::SweepDropsLiveClaims, "a sweep never touches a live claim"),
        (Fault::SweepIgnoresItsLimit, "a sweep removes expired records, up to its limit"),
        (Fault::SweepForgetsNothing, "a sweep removes expired records, up to its limit"),
        (Fault::ForgetsWhenFull, "a full store refuses claims and forgets nothing"),
        (Fault::FullIsUnavailable, "a full store refuses claims and forgets nothing"),
        (Fault::CommitNeedsAPlace, "a full store refuses claims and forgets nothing"),
        (Fault::CallsItselfDurable, REOPENING),
        (Fault::ReopenForgetsHandledEvents, REOPENING),
        (Fault::ReopenForgetsLiveClaims, REOPENING),
        (Fault::ReopenForgetsLapsedClaims, REOPENING),
        (Fault::LooksBeforeItClaims, "of a thousand claims at once, one wins"),
        (Fault::LooksBeforeItCommits, "a commit that races with a takeover has one outcome"),
        (Fault::DroppedClaimLastsForever, "a step that is dropped does not make a claim last forever"),
        (Fault::DroppedCommitForgetsTheClaim, "a commit whose reply was lost can be repeated"),
        (Fault::CallsItselfShared, "an event in flight on one store is in flight on another"),
        (Fault::KeepsRecordsApart, "an event in flight on one store is in flight on another"),
        (Fault::KeepsHandledEventsApart, "an event handled on one store is done on another"),
        (Fault::LeasesOfAnotherNeverEnd, "an expired lease can be taken over on another store"),
        (Fault::CommitOverwritesAnother, "an expired lease can be taken over on another store"),
        (Fault::CommitNeedsItsOwnClaim, "a claim of one store can be settled through another"),
        (Fault::ReleaseNeedsItsOwnClaim, "a claim of one store can be settled through another"),
        (Fault::TakesTurnsAlone, "of a thousand claims at once on two stores, one wins"),
        (Fault::LongTermsAreCut, "the shortest and the longest terms are honoured, others refused"),
        (Fault::FollowsTheWallClock, "a jump of the wall clock changes nothing"),
        (Fault::HangsWithoutItsServer, UNREACHABLE),
        (Fault::SucceedsWithoutItsServer, UNREACHABLE),
        (Fault::NamesTheWrongError, UNREACHABLE),
        (Fault::ErrorShowsTheSecret, UNREACHABLE),
        (Fault::DebugShowsTheSecret, "secrets are never shown"),
    ];
    for (fault, rule) in faults {
        let broken = catch_unwind(AssertUnwindSafe(|| contract(fault)));
        let payload = broken.expect_err(&format!("{fault:?} went unnoticed"));
        let verdict = payload.downcast_ref::<String>().cloned().unwrap_or_default();
        assert!(verdict.contains(&format!(": {rule}: ")), "{fault:?}: {verdict}");
    }
}

/// A machine on which everything takes 50 ms longer than it should.
struct Slow;

impl Subject for Slow {
    type Store = MemoryStore;

    async fn fresh(&self) -> MemoryStore {
        MemoryStore::new()
    }

    async fn pass(&self, time: Duration) {
        std::thread::sleep(time + Duration::from_millis(50));
    }

    fn pace(&self) -> Pace {
        let millis = Duration::from_millis;
        Pace { lease: millis(40), retention: millis(80), slack: millis(10), step: millis(10) }
    }
}

#[test]
fn a_slow_machine_breaks_no_rule() {
    block_on(rule(&Slow, "an event is in flight while its lease lasts", claims::is_in_flight));
}

/// The times are doubled until the machine can no longer be the cause.
#[test]
#[should_panic(expected = "a sentence: a mistake")]
fn a_mistake_on_a_slow_machine_is_one() {
    block_on(rule(&Slow, "a sentence", async |trial: trial::Trial<'_, Slow>| {
        trial.pass(Duration::from_millis(1)).await;
        trial.broken("a mistake");
    }));
}
