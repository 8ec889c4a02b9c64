//! Rules about two stores on the same records, as in two programs.

use super::{
    Subject,
    trial::{Trial, key},
};
use crate::store::{Outcome, Settled};

pub(super) async fn is_in_flight_on_both<S: Subject>(trial: Trial<'_, S>) {
    let Some(other) = trial.another().await else { return };
    for (id, here, there) in [("evt_1", &trial, &other), ("evt_2", &other, &trial)] {
        let event = key(id);
        here.acquire(&event, "a new event").await;
        there.in_flight(&event, "on the other store").await;
        here.in_flight(&event, "on the same store").await;
    }
}

pub(super) async fn is_done_on_both<S: Subject>(trial: Trial<'_, S>) {
    let Some(other) = trial.another().await else { return };
    for (id, here, there) in [("evt_1", &trial, &other), ("evt_2", &other, &trial)] {
        let event = key(id);
        here.handle(&event).await;
        there.done(&event, "on the other store").await;
        let found = there.claim_for(&event, &there.terms(1)).await;
        there.expect("another occurrence on the other store", found, Outcome::Done { same_occurrence: false });
    }
}

pub(super) async fn is_taken_over<S: Subject>(trial: Trial<'_, S>) {
    let Some(other) = trial.another().await else { return };
    let event = key("evt_1");
    let first = trial.acquire(&event, "a new event").await;
    trial.outlive_the_lease().await;
    let second = other.acquire(&event, "after the lease, on the other store").await;
    // Stores that number their owners independently would confuse them.
    trial.check(first.owner() != second.owner(), "both claims have the same owner");
    trial.in_flight(&event, "after the takeover").await;
    trial.commit(&first, Settled::Lost, "a commit of the first owner").await;
    trial.release(&first, Settled::Lost, "a release of the first owner").await;
    other.in_flight(&event, "after the steps of the first owner").await;
    other.commit(&second, Settled::Applied, "the commit of the second owner").await;
    trial.done(&event, "after that commit").await;
}

pub(super) async fn settles_claims_of_the_other<S: Subject>(trial: Trial<'_, S>) {
    let Some(other) = trial.another().await else { return };
    let handled = key("evt_done");
    let claim = trial.acquire(&handled, "a new event").await;
    other.commit(&claim, Settled::Applied, "its commit through the other store").await;
    trial.commit(&claim, Settled::Applied, "the repeated commit").await;
    trial.done(&handled, "after both commits").await;

    let released = key("evt_free");
    let claim = trial.acquire(&released, "a new event").await;
    other.release(&claim, Settled::Applied, "its release through the other store").await;
    trial.release(&claim, Settled::Applied, "the repeated release").await;
    trial.acquire(&released, "after both releases").await;
}
