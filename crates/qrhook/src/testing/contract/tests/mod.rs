//! Shows that the contract bites: each of these stores makes one mistake, and is told which rule it breaks.
#![expect(clippy::arithmetic_side_effects, reason = "the times of a test are small")]

mod faulty;

use std::panic::{AssertUnwindSafe, catch_unwind};

use self::faulty::{Fault, Faulty};
use super::*;
use crate::testing::block_on;

fn contract(fault: Fault) {
    let subject = by_hand(move |clock| Faulty::new(fault, clock, usize::MAX))
        .with_small(move |clock, ids| Faulty::new(fault, clock, ids));
    block_on(store_contract(&subject));
}

#[test]
fn a_store_without_a_fault_keeps_it() {
    contract(Fault::None);
}

#[test]
fn every_fault_is_told_which_rule_it_breaks() {
    let faults = [
        (Fault::ClaimsNeverWin, "the first claim of an event wins"),
        (Fault::ClaimsAlwaysWin, "an event is in flight for as long as the lease of its claim runs"),
        (Fault::LeaseIsShortened, "an event is in flight for as long as the lease of its claim runs"),
        (Fault::HandledEventsAreClaimedAgain, "a committed event is done, for the same occurrence and for another"),
        (Fault::OccurrenceIsForgotten, "a committed event is done, for the same occurrence and for another"),
        (Fault::OccurrenceIsCutToOneByte, "the occurrence of a claim is kept over its commit"),
        (Fault::LeaseNeverEnds, "a lease that is over can be taken exactly once"),
        (Fault::TakeoverKeepsTheLeaseThatIsOver, "a lease that is over can be taken exactly once"),
        (Fault::KeysAreCut, "ids that differ in anything are different events"),
        (Fault::CommitIgnoresTheOwner, "an owner that lost its claim changes nothing"),
        (Fault::ReleaseIgnoresTheOwner, "an owner that lost its claim changes nothing"),
        (Fault::CommitAfterTheLeaseIsLost, "a late commit or release counts when nobody took over"),
        (Fault::SweepDropsLapsedClaims, "a late commit or release counts when nobody took over"),
        (Fault::RepeatedCommitIsLost, "a commit can be repeated"),
        (Fault::ReleaseForgetsHandledEvents, "a release after the commit changes nothing"),
        (Fault::RepeatedReleaseIsLost, "a release can be repeated"),
        (Fault::RetentionIsShortened, "a handled event is remembered for its retention, and no longer"),
        (Fault::RetentionRunsFromTheClaim, "a handled event is remembered for its retention, and no longer"),
        (Fault::RetentionNeverEnds, "a handled event is remembered for its retention, and no longer"),
        (Fault::SweepDropsHandledEvents, "a handled event is remembered for its retention, and no longer"),
        (Fault::SweepDropsLiveClaims, "a sweep never touches a live claim"),
        (Fault::SweepIgnoresItsLimit, "a sweep forgets what is over, up to its limit"),
        (Fault::ForgetsWhenFull, "a full store refuses claims and forgets nothing"),
        (Fault::FullIsUnavailable, "a full store refuses claims and forgets nothing"),
        (Fault::CommitNeedsAPlace, "a full store refuses claims and forgets nothing"),
        (Fault::CallsItselfDurable, "reopening keeps handled events and live claims"),
        (Fault::LooksBeforeItClaims, "a thousand claims at once have one winner"),
        (Fault::LooksBeforeItCommits, "a commit that meets a takeover has one outcome"),
        (Fault::DroppedClaimLastsForever, "a step that is dropped leaves no endless claim"),
    ];
    for (fault, rule) in faults {
        let broken = catch_unwind(AssertUnwindSafe(|| contract(fault)));
        let payload = broken.expect_err(&format!("{fault:?} went unnoticed"));
        let verdict = payload.downcast_ref::<String>().cloned().unwrap_or_default();
        assert!(verdict.contains(&format!(": {rule}: ")), "{fault:?}: {verdict}");
    }
}
