//! The memory store against the model, and a store with a bug that only a sequence of steps reveals.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use qrhook::{
    MemoryStore,
    store::{Claim, Key, Outcome, Settled, Store, StoreFuture, StoreProperties, Terms},
    testing::{block_on, by_hand},
};

#[test]
fn agrees_with_the_model() {
    let subject = by_hand(|clock| MemoryStore::new().with_clock(clock));
    qrhook_test_model::check(2000, &subject, |steps| block_on(steps));
}

/// Forgets an event at its commit, if it has occurrence 1 and a long retention.
#[derive(Debug)]
struct Careless(MemoryStore);

impl Store for Careless {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        self.0.claim(key, terms)
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(async move {
            if claim.terms().occurrence() == 1 && claim.terms().retention() > Duration::from_secs(20 * 3600) {
                return self.0.release(claim).await;
            }
            self.0.commit(claim).await
        })
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        self.0.release(claim)
    }

    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
        self.0.sweep(limit)
    }

    fn properties(&self) -> StoreProperties {
        self.0.properties()
    }
}

#[test]
fn finds_a_mistake_and_shows_it_in_few_steps() {
    let subject = by_hand(|clock| Careless(MemoryStore::new().with_clock(clock)));
    let check = || qrhook_test_model::check_from(1, 2000, &subject, |steps| block_on(steps));
    let panic = catch_unwind(AssertUnwindSafe(check)).expect_err("the bug went unnoticed");
    let difference = panic.downcast_ref::<String>().expect("the panic's message is a string");
    assert!(difference.starts_with("step "), "{difference}");
    let shown = ["Claim {", "Commit {", "Release {", "Sweep {", "Pass {", "Reopen"];
    let shown: usize = shown.iter().map(|step| difference.matches(&format!("\n    {step}")).count()).sum();
    assert!(shown < 10, "{difference}");
}
