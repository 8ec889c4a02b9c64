//! The handler of the simulated program.

use std::time::Duration;

use http::StatusCode;
use tokio::time::sleep;

use crate::{
    event::{Deed, Event},
    history::{Histories, Id, Run},
};

/// A response this late comes after the receiver's deadline of 4.5 s.
const QUICK: Duration = Duration::from_secs(4);

/// The receiver's limit for handlers.
const LIMIT: Duration = Duration::from_secs(20);

/// Runs the handler as planned.
pub(crate) async fn run(histories: &Histories, id: Id, event: &Event) -> StatusCode {
    let from = histories.now();
    let (number, deed) = histories.change(id, |history| {
        let deed = event.deed(history.runs.len());
        let time = match deed {
            Deed::Succeed(time) | Deed::Fail(time, _) | Deed::Panic(time) => time,
        };
        let quick_success = matches!(deed, Deed::Succeed(_)) && time < QUICK;
        let beyond_limit = time > LIMIT;
        history.runs.push(Run { from, ended: None, quick_success, effect: false, beyond_limit });
        (history.runs.len() - 1, deed)
    });
    let end = |effect| {
        let now = histories.now();
        histories.change(id, |history| {
            history.runs[number].ended = Some(now);
            history.runs[number].effect = effect;
        });
    };
    match deed {
        Deed::Succeed(time) => {
            wait(time).await;
            end(true);
            StatusCode::NO_CONTENT
        }
        Deed::Fail(time, status) => {
            wait(time).await;
            end(false);
            StatusCode::from_u16(status).unwrap()
        }
        Deed::Panic(time) => {
            wait(time).await;
            end(false);
            panic!("simulated")
        }
    }
}

async fn wait(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}
