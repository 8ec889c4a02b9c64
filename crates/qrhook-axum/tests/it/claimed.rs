//! What becomes of a claim that its extractor's handler does not settle.

use std::{sync::Arc, time::Duration};

use axum::{body::Body, extract::FromRequest};
use http::Request;
use qrhook::{
    MemoryStore, Receiver, Rejection, Secrets, Store, UnixTime,
    qrstudio::QrStudio,
    store::{Claim, Key, Outcome, Settled, StoreFuture, StoreProperties, Terms},
    testing,
};
use qrhook_axum::{Claimed, Rejected};
use tokio::time::sleep;

use crate::client::{SECRET, event};

/// A store that takes its time for a claim, whoever waits for it.
#[derive(Default)]
struct Slow(Arc<MemoryStore>);

impl Store for Slow {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        Box::pin(async move {
            sleep(Duration::from_millis(100)).await;
            self.0.claim(key, terms).await
        })
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        self.0.commit(claim)
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

fn receiver(store: impl Store) -> Receiver<QrStudio> {
    Receiver::new("test", Secrets::one(SECRET).unwrap(), store).unwrap()
}

async fn extract(receiver: &Receiver<QrStudio>) -> Result<Claimed<QrStudio>, Rejected> {
    let signed = testing::sign::<QrStudio>(SECRET, event("evt_1"), UnixTime::now());
    let mut request = Request::post("/").body(Body::from(signed.body)).unwrap();
    *request.headers_mut() = signed.headers;
    Claimed::from_request(request, receiver).await
}

/// The claim is given back by a task, which may take a moment.
async fn extract_at_last(receiver: &Receiver<QrStudio>) -> Claimed<QrStudio> {
    for _ in 0..500 {
        match extract(receiver).await {
            Ok(claimed) => return claimed,
            Err(Rejected(Rejection::InFlight)) => sleep(Duration::from_millis(10)).await,
            Err(Rejected(other)) => panic!("{other}"),
        }
    }
    panic!("the event was never given back");
}

#[tokio::test]
async fn it_is_given_back_when_the_handler_drops_it() {
    let receiver = receiver(MemoryStore::new());
    let claimed = extract(&receiver).await.unwrap();
    assert_eq!(extract(&receiver).await.err(), Some(Rejected(Rejection::InFlight)));
    drop(claimed);
    drop(extract_at_last(&receiver).await);
    assert!(receiver.drain(Duration::from_secs(5)).await.is_complete());
}

#[tokio::test]
async fn it_is_given_back_when_its_client_is_gone_before_the_store_has_answered() {
    let store = Arc::new(MemoryStore::new());
    let receiver = receiver(Slow(Arc::clone(&store)));
    tokio::select! {
        _ = extract(&receiver) => panic!("the store takes its time"),
        () = sleep(Duration::from_millis(20)) => {}
    }
    // The claim is made all the same, and then it is nobody's.
    assert!(receiver.drain(Duration::from_secs(5)).await.is_complete());
    assert_eq!(store.held(), 0);
}
