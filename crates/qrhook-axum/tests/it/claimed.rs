//! Claims of an extractor that its handler does not settle.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{body::Body, extract::FromRequest};
use http::Request;
use qrhook::{
    MemoryStore, Receiver, Rejection, Store, UnixTime,
    qrstudio::QrStudio,
    store::{Claim, Key, Outcome, Settled, StoreFuture, StoreProperties, Terms},
    testing,
};
use qrhook_axum::{Claimed, Rejected};
use tokio::{
    sync::{Notify, Semaphore},
    time::sleep,
};

use crate::{
    client::{SECRET, event},
    server::{PATIENCE, builder},
};

/// A store that holds back claims at a gate.
struct Gated {
    memory: Arc<MemoryStore>,
    asked: Arc<Notify>,
    gate: Arc<Semaphore>,
}

impl Store for Gated {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        Box::pin(async move {
            self.asked.notify_one();
            let _open = self.gate.acquire().await;
            self.memory.claim(key, terms).await
        })
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        self.memory.commit(claim)
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        self.memory.release(claim)
    }

    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
        self.memory.sweep(limit)
    }

    fn properties(&self) -> StoreProperties {
        self.memory.properties()
    }
}

fn receiver(store: impl Store) -> Receiver<QrStudio> {
    builder(store).build().unwrap()
}

async fn extract(receiver: &Receiver<QrStudio>) -> Result<Claimed<QrStudio>, Rejected> {
    let signed = testing::sign::<QrStudio>(SECRET, event("evt_1"), UnixTime::now());
    let mut request = Request::post("/").body(Body::from(signed.body)).unwrap();
    *request.headers_mut() = signed.headers;
    Claimed::from_request(request, receiver).await
}

/// Extracts again until it succeeds, because a task releases the claim, which may take a moment.
async fn extract_at_last(receiver: &Receiver<QrStudio>) -> Claimed<QrStudio> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        match extract(receiver).await {
            Ok(claimed) => return claimed,
            Err(Rejected(Rejection::InFlight)) => sleep(Duration::from_millis(10)).await,
            Err(Rejected(other)) => panic!("{other}"),
        }
    }
    panic!("the event was never released");
}

#[tokio::test]
async fn it_is_given_back_when_the_handler_drops_it() {
    let receiver = receiver(MemoryStore::new());
    let claimed = extract(&receiver).await.unwrap();
    assert_eq!(extract(&receiver).await.err(), Some(Rejected(Rejection::InFlight)));
    drop(claimed);
    drop(extract_at_last(&receiver).await);
    assert!(receiver.drain(PATIENCE).await.is_complete());
}

#[tokio::test]
async fn it_is_given_back_when_its_client_is_gone_before_the_store_has_answered() {
    let (memory, asked, gate) = (Arc::default(), Arc::default(), Arc::new(Semaphore::new(0)));
    let receiver = receiver(Gated { memory: Arc::clone(&memory), asked: Arc::clone(&asked), gate: Arc::clone(&gate) });
    tokio::select! {
        _ = extract(&receiver) => panic!("the gate does not hold back the claim"),
        () = asked.notified() => {}
    }
    gate.add_permits(1);
    // The store makes the claim anyway, and it is released.
    assert!(receiver.drain(PATIENCE).await.is_complete());
    assert_eq!(memory.held(), 0);
}
