//! Rules about commits and releases.

use super::{
    Subject,
    trial::{Trial, key},
};
use crate::store::Settled;

pub(super) async fn by_an_old_owner_changes_nothing<S: Subject>(trial: Trial<'_, S>) {
    let event = key("evt_1");
    let old = trial.acquire(&event, "a new event").await;
    trial.outlive_the_lease().await;
    let new = trial.acquire(&event, "after the lease").await;
    trial.commit(&old, Settled::Lost, "a commit of the old owner").await;
    trial.in_flight(&event, "after a commit of the old owner").await;
    trial.release(&old, Settled::Lost, "a release of the old owner").await;
    trial.in_flight(&event, "after a release of the old owner").await;
    trial.commit(&new, Settled::Applied, "the commit of the new owner").await;
    trial.commit(&old, Settled::Lost, "a commit of the old owner of a handled event").await;
    trial.release(&old, Settled::Lost, "a release of the old owner of a handled event").await;
    trial.done(&event, "after all of them").await;

    let event = key("evt_2");
    let old = trial.acquire(&event, "a new event").await;
    trial.release(&old, Settled::Applied, "its release").await;
    trial.commit(&old, Settled::Lost, "a commit after the release").await;
    trial.acquire(&event, "after a release and a commit").await;
    trial.release(&old, Settled::Lost, "a second release while another owner has the claim").await;
    trial.in_flight(&event, "after a second release while another owner has the claim").await;
}

pub(super) async fn counts_when_late<S: Subject>(trial: Trial<'_, S>) {
    for (id, sweeps) in [("evt_1", false), ("evt_2", true)] {
        let event = key(id);
        let claim = trial.acquire(&event, "a new event").await;
        trial.outlive_the_lease().await;
        if sweeps {
            trial.sweep(usize::MAX).await;
        }
        trial.commit(&claim, Settled::Applied, "a commit after the lease").await;
        trial.done(&event, "after a late commit").await;
    }
    let event = key("evt_3");
    let claim = trial.acquire(&event, "a new event").await;
    trial.outlive_the_lease().await;
    trial.release(&claim, Settled::Applied, "a release after the lease").await;
    trial.acquire(&event, "after a late release").await;
}

pub(super) async fn can_be_repeated<S: Subject>(trial: Trial<'_, S>) {
    let event = key("evt_1");
    let claim = trial.handle(&event).await;
    trial.commit(&claim, Settled::Applied, "the second commit").await;
    // The retention still counts from the first commit.
    let half = trial.pace.retention.checked_div(2).unwrap_or_default();
    trial.pass(half).await;
    trial.commit(&claim, Settled::Applied, "the third commit").await;
    trial.done(&event, "after three commits").await;
    trial.pass(half.saturating_sub(trial.pace.slack)).await;
    trial.done(&event, "shortly before the retention ends").await;
    trial.pass(trial.pace.slack.saturating_mul(2)).await;
    trial.acquire(&event, "after the retention from the first commit").await;
}

pub(super) async fn is_final<S: Subject>(trial: Trial<'_, S>) {
    let event = key("evt_1");
    let claim = trial.handle(&event).await;
    trial.release(&claim, Settled::Lost, "a release after the commit").await;
    trial.done(&event, "after a commit and a release").await;
}

pub(super) async fn of_nothing_is_fine<S: Subject>(trial: Trial<'_, S>) {
    let event = key("evt_1");
    let claim = trial.acquire(&event, "a new event").await;
    trial.release(&claim, Settled::Applied, "the first release").await;
    trial.release(&claim, Settled::Applied, "the second release").await;
    trial.acquire(&event, "after two releases").await;
}
