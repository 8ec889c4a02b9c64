//! Rules about the retention and the capacity of a store.

use std::time::Duration;

use super::{
    Subject,
    trial::{Trial, key},
};
use crate::store::{Outcome, Settled, Store, StoreErrorKind, Terms};

pub(super) async fn lasts_for_the_retention<S: Subject>(trial: Trial<'_, S>) {
    let (event, short) = (key("evt_1"), key("evt_2"));
    let half = |time: Duration| time.checked_div(2).unwrap_or_default();
    let claim = trial.acquire(&event, "a new event").await;
    // The retention counts from the commit, not from the claim.
    trial.pass(half(trial.pace.lease)).await;
    trial.commit(&claim, Settled::Applied, "its commit").await;
    let shorter = trial.terms_of(trial.pace.lease, half(trial.pace.retention), 0);
    let claim = trial.acquire_for(&short, &shorter, "an event with a shorter retention").await;
    trial.commit(&claim, Settled::Applied, "its commit").await;
    trial.sweep(usize::MAX).await;
    trial.done(&event, "right after the commit and a sweep").await;

    trial.pass(trial.pace.retention.saturating_sub(trial.pace.slack)).await;
    trial.sweep(usize::MAX).await;
    trial.done(&event, "shortly before the retention ends").await;
    trial.acquire(&short, "after the shorter retention").await;
    trial.pass(trial.pace.slack.saturating_mul(2)).await;
    trial.sweep(usize::MAX).await;
    let claim = trial.acquire(&event, "after the retention and a sweep").await;
    trial.commit(&claim, Settled::Applied, "a commit after the retention").await;
    trial.outlive_the_retention().await;
    trial.acquire(&event, "after the retention without a sweep").await;
}

pub(super) async fn keeps_any_terms<S: Subject>(trial: Trial<'_, S>) {
    let over = Terms::MAX.saturating_add(Duration::from_nanos(1));
    for refused in [Duration::ZERO, over, Duration::MAX] {
        trial.check(Terms::new(refused, Terms::MAX, 0).is_err(), "a lease of zero or over ten years is accepted");
        trial.check(Terms::new(Terms::MAX, refused, 0).is_err(), "a retention of zero or over ten years is accepted");
    }
    let longest = trial.terms_of(Terms::MAX, Terms::MAX, 0);
    let (live, handled) = (key("evt_live"), key("evt_done"));
    trial.acquire_for(&live, &longest, "an event with the longest lease").await;
    let claim = trial.acquire_for(&handled, &longest, "an event with the longest retention").await;
    trial.commit(&claim, Settled::Applied, "its commit").await;
    let nothing = Duration::from_nanos(1);
    let shortest = trial.terms_of(nothing, nothing, 0);
    let (lapsed, forgotten) = (key("evt_lapsed"), key("evt_forgotten"));
    trial.acquire_for(&lapsed, &shortest, "an event with the shortest lease").await;
    let claim = trial.acquire_for(&forgotten, &trial.terms_of(trial.pace.lease, nothing, 0), "another event").await;
    trial.commit(&claim, Settled::Applied, "the commit with the shortest retention").await;

    trial.outlive_the_retention().await;
    trial.sweep(usize::MAX).await;
    trial.in_flight(&live, "within the longest lease").await;
    trial.done(&handled, "within the longest retention").await;
    trial.acquire(&lapsed, "after the shortest lease").await;
    trial.acquire(&forgotten, "after the shortest retention").await;
}

pub(super) async fn goes_by_its_own_clock<S: Subject>(trial: Trial<'_, S>) {
    const YEARS: i64 = 5 * 365 * 24 * 3600;
    let (live, handled) = (key("evt_live"), key("evt_done"));
    trial.handle(&handled).await;
    trial.acquire(&live, "a new event").await;
    for (seconds, way) in [(YEARS, "forwards"), (-YEARS, "back"), (-YEARS, "backwards")] {
        if !trial.subject.jump(seconds) {
            return;
        }
        trial.sweep(usize::MAX).await;
        trial.in_flight(&live, &format!("after a jump {way}")).await;
        trial.done(&handled, &format!("after a jump {way}")).await;
    }
    trial.outlive_the_lease().await;
    trial.acquire(&live, "after jumps and the lease").await;
    trial.outlive_the_retention().await;
    trial.acquire(&handled, "after jumps and the retention").await;
    trial.subject.jump(YEARS);
}

pub(super) async fn spares_live_claims<S: Subject>(trial: Trial<'_, S>) {
    let (live, handled) = (key("evt_live"), key("evt_done"));
    trial.handle(&handled).await;
    trial.outlive_the_retention().await;
    let claim = trial.acquire(&live, "a new event").await;
    for limit in [1, 1000, usize::MAX] {
        trial.sweep(limit).await;
        trial.in_flight(&live, "after a sweep").await;
    }
    trial.commit(&claim, Settled::Applied, "its commit").await;
    trial.done(&live, "after its commit").await;
}

pub(super) async fn is_bounded<S: Subject>(trial: Trial<'_, S>) {
    const RECORDS: usize = 20;
    for number in 0..RECORDS {
        trial.handle(&key(&number.to_string())).await;
    }
    trial.check(trial.sweep(usize::MAX).await == 0, "a sweep removed ids within their retention");
    trial.outlive_the_retention().await;
    trial.check(trial.sweep(0).await == 0, "a sweep with a limit of zero removed something");
    // `sweep` itself checks the limit.
    let mut swept = trial.sweep(3).await;
    swept = swept.saturating_add(trial.sweep(usize::MAX).await);
    trial.check(swept <= RECORDS, "sweeps removed more records than there were");
    trial.check(trial.sweep(usize::MAX).await == 0, "a sweep without a limit left expired records");
    // A store that expires records on its own may have done so already.
    if trial.store.properties().needs_sweeps {
        trial.expect("records that the sweeps removed", swept, RECORDS);
    }
}

pub(super) async fn refuses_when_full<S: Subject>(trial: Trial<'_, S>) {
    const IDS: usize = 100;
    const MOST: usize = 10_000;
    let Some(store) = trial.subject.small(IDS).await else { return };
    let trial = trial.on(store);
    let open = trial.acquire(&key("evt_open"), "a new event").await;
    let mut handled = 0_usize;
    let refusal = loop {
        let event = key(&handled.to_string());
        match trial.store.claim(&event, &trial.terms(0)).await {
            Ok(_) if handled > MOST => trial.broken("a store for 100 ids accepted 10,000"),
            Ok(Outcome::Acquired(claim)) => {
                trial.commit(&claim, Settled::Applied, "a commit").await;
                handled = handled.saturating_add(1);
            }
            Ok(other) => trial.broken(format!("a claim of a new event found {other:?}")),
            Err(refusal) => break refusal,
        }
    };
    trial.expect("the refusal", refusal.kind(), StoreErrorKind::Full);
    trial.error_keeps_secrets("the refusal", &refusal);
    for number in 0..handled {
        trial.done(&key(&number.to_string()), "a handled event in a full store").await;
    }
    trial.in_flight(&key("evt_open"), "a live claim in a full store").await;
    trial.commit(&open, Settled::Applied, "a commit in a full store").await;
    trial.done(&key("evt_open"), "after a commit in a full store").await;
    trial.outlive_the_retention().await;
    trial.sweep(usize::MAX).await;
    // Half as many: a store made of pages may not fit as much the second time.
    for number in (0..handled).step_by(2) {
        trial.acquire(&key(&format!("again_{number}")), "after the retention of the others").await;
    }
}

pub(super) async fn survives_reopening<S: Subject>(trial: Trial<'_, S>) {
    let (handled, live, lapsed, gone) = (key("evt_done"), key("evt_live"), key("evt_lapsed"), key("evt_gone"));
    let late = trial.acquire(&lapsed, "a new event").await;
    trial.outlive_the_lease().await;
    trial.handle(&handled).await;
    let claim = trial.acquire(&live, "a new event").await;
    let released = trial.acquire(&gone, "a new event").await;
    trial.release(&released, Settled::Applied, "its release").await;

    let Some(trial) = trial.reopened().await else { return };
    trial.done(&handled, "a handled event").await;
    trial.in_flight(&live, "a live claim").await;
    trial.commit(&claim, Settled::Applied, "the commit of a claim made before").await;
    trial.done(&live, "after that commit").await;
    trial.commit(&late, Settled::Applied, "a late commit of a claim made before").await;
    trial.acquire(&gone, "a released event").await;
}
