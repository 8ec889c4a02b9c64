//! Many requests in parallel, and repeats without a store.

use tokio::task::JoinSet;

use super::event;
use crate::{
    client::Exchange,
    scenario::{Request, Scenario, Sender},
    surface::{Surface, Way},
};

fn scenario() -> Scenario {
    Scenario::new("many", Sender::QrStudio)
}

fn signed() -> Request {
    Request::signed(Sender::QrStudio, event(Sender::QrStudio, "evt_1"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_copies_have_one_run() {
    for surface in Surface::ALL.into_iter().filter(|surface| surface.claims() && surface.is_ours()) {
        let server = std::sync::Arc::new(surface.start(&scenario()).await);
        let mut copies = JoinSet::new();
        for _ in 0..100 {
            let server = server.clone();
            copies.spawn(async move { Exchange::begin(&server, &signed()).await.answer().await.unwrap() });
        }
        let mut handled = 0;
        for answer in copies.join_all().await {
            match (answer.status, answer.body.as_str(), answer.reason.as_deref()) {
                (200, "mine", None) => handled += 1,
                (200, "already handled\n", Some("duplicate")) => {}
                (503, "try again later\n", Some("in-flight")) => assert!(answer.retry_after.is_some(), "{surface}"),
                _ => panic!("{surface}: {answer:?}"),
            }
        }
        assert_eq!((handled, server.world.runs()), (1, 1), "{surface}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_store_a_repeat_comes_through() {
    for surface in Surface::ALL.into_iter().filter(|surface| surface.way == Way::Verified) {
        let server = surface.start(&scenario()).await;
        for run in 1..3 {
            let answer = Exchange::begin(&server, &signed()).await.answer().await.unwrap();
            assert_eq!((answer.status, answer.reason, server.world.runs()), (200, None, run), "{surface}");
        }
    }
}
