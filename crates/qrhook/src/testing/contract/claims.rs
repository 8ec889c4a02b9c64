//! Rules about getting and keeping a claim.

use super::{
    Subject,
    trial::{Trial, key},
};
use crate::store::{Key, Outcome, Settled};

pub(super) async fn wins<S: Subject>(trial: Trial<'_, S>) {
    trial.acquire(&key("evt_1"), "a new event").await;
}

pub(super) async fn is_in_flight<S: Subject>(trial: Trial<'_, S>) {
    let event = key("evt_1");
    trial.acquire(&event, "a new event").await;
    trial.in_flight(&event, "right after the claim").await;
    let other = trial.claim_for(&event, &trial.terms(1)).await;
    trial.expect("for another occurrence", other, Outcome::InFlight);
    trial.pass(trial.pace.lease.saturating_sub(trial.pace.slack)).await;
    trial.in_flight(&event, "shortly before the lease ends").await;
}

pub(super) async fn is_done<S: Subject>(trial: Trial<'_, S>) {
    let event = key("evt_1");
    trial.handle(&event).await;
    trial.done(&event, "the same occurrence").await;
    let other = trial.claim_for(&event, &trial.terms(1)).await;
    trial.expect("another occurrence", other, Outcome::Done { same_occurrence: false });
    trial.done(&event, "the same occurrence again").await;
}

pub(super) async fn keeps_the_occurrence<S: Subject>(trial: Trial<'_, S>) {
    for occurrence in [1, 0x8000_0000, u32::MAX] {
        let event = key(&format!("evt_{occurrence}"));
        let claim = trial.acquire_for(&event, &trial.terms(occurrence), "a new event").await;
        trial.commit(&claim, Settled::Applied, "its commit").await;
        for (asked, same_occurrence) in [(occurrence, true), (0, false), (occurrence ^ 0x8000_0000, false)] {
            let found = trial.claim_for(&event, &trial.terms(asked)).await;
            trial.expect("a claim after the commit", found, Outcome::Done { same_occurrence });
        }
    }
    let event = key("evt_taken_over");
    trial.acquire_for(&event, &trial.terms(1), "a new event").await;
    trial.outlive_the_lease().await;
    let taken = trial.acquire_for(&event, &trial.terms(2), "after the lease").await;
    trial.commit(&taken, Settled::Applied, "its commit").await;
    let found = trial.claim_for(&event, &trial.terms(2)).await;
    trial.expect("the occurrence of a takeover", found, Outcome::Done { same_occurrence: true });
}

pub(super) async fn is_free_after_a_release<S: Subject>(trial: Trial<'_, S>) {
    let event = key("evt_1");
    let first = trial.acquire(&event, "a new event").await;
    trial.release(&first, Settled::Applied, "its release").await;
    let second = trial.acquire(&event, "after the release").await;
    trial.check(first.owner() != second.owner(), "both claims have the same owner");
    trial.in_flight(&event, "after the second claim").await;
}

pub(super) async fn is_taken_over_once<S: Subject>(trial: Trial<'_, S>) {
    let event = key("evt_1");
    let first = trial.acquire(&event, "a new event").await;
    trial.outlive_the_lease().await;
    let second = trial.acquire(&event, "after the lease").await;
    trial.check(first.owner() != second.owner(), "both claims have the same owner");
    trial.in_flight(&event, "after the takeover").await;
    trial.pass(trial.pace.lease.saturating_sub(trial.pace.slack)).await;
    trial.in_flight(&event, "shortly before the second lease ends").await;
}

pub(super) async fn stand_apart<S: Subject>(trial: Trial<'_, S>) {
    let keys =
        [("a", "b", "c"), ("a2", "b", "c"), ("a", "b2", "c"), ("a", "b", "c2"), ("ab", "c", ""), ("a", "bc", "")];
    for (sender, endpoint, id) in keys {
        let event = Key::new(sender, endpoint, id.as_bytes());
        trial.handle(&event).await;
        trial.done(&event, "its own record").await;
    }
}

pub(super) async fn are_told_apart_exactly<S: Subject>(trial: Trial<'_, S>) {
    // `é` as one character and as two; a ligature and its letters.
    for id in ["evt_e", "EVT_E", "evt_e ", " evt_e", "evt_e\0", "evt_e\n", "evt_\u{e9}", "evt_e\u{301}", "ﬁ", "fi"] {
        trial.handle(&key(id)).await;
    }
    for number in 0..200 {
        trial.acquire(&key(&number.to_string()), "one of many").await;
    }
}

pub(super) async fn work_with_any_id<S: Subject>(trial: Trial<'_, S>) {
    let long = vec![b'x'; 10_000];
    let ids: [&[u8]; 7] = [b"1", b"\0", b"a\0b", b"a\0c", b"'; --", b"\xff\xfe", &long];
    for id in ids {
        let event = Key::new("sender", "endpoint", id);
        trial.handle(&event).await;
        trial.done(&event, "its record").await;
    }
}
