//! Rules about stores whose servers do not respond, and about secrets.

use super::{
    Subject,
    trial::{Trial, key},
};
use crate::{
    store::{Claim, Store, StoreError, StoreErrorKind},
    testing::wait::within,
};

pub(super) async fn end_in_time<S: Subject>(trial: Trial<'_, S>) {
    for (store, expected) in trial.subject.unreachable().await {
        let (event, terms) = (key("evt_1"), trial.terms(0));
        let claim = trial.answer("an owner", Claim::new(event, terms));
        trial.fails("a claim", store.claim(&event, &terms), expected).await;
        trial.fails("a commit", store.commit(&claim), expected).await;
        trial.fails("a release", store.release(&claim), expected).await;
        // A store whose server expires records on its own need not contact it.
        match within(trial.pace.step, store.sweep(10)).await {
            None => trial.broken("a sweep does not end"),
            Some(Ok(swept)) => trial.expect("a sweep", swept, 0),
            Some(Err(error)) => trial.expect("a sweep", error.kind(), expected),
        }
    }
}

impl<S: Subject> Trial<'_, S> {
    async fn fails<T>(&self, name: &str, step: impl Future<Output = Result<T, StoreError>>, expected: StoreErrorKind) {
        match within(self.pace.step, step).await {
            None => self.broken(format!("{name} does not end")),
            Some(Ok(_)) => self.broken(format!("{name} succeeds without a server")),
            Some(Err(error)) => {
                self.expect(name, error.kind(), expected);
                self.error_keeps_secrets(&format!("the error of {name}"), &error);
            }
        }
    }
}

pub(super) async fn are_kept<S: Subject>(trial: Trial<'_, S>) {
    trial.keeps_secrets("the store", &*trial.store);
    let claim = trial.acquire(&key("evt_1"), "a new event").await;
    trial.keeps_secrets("a claim", &claim);
}
