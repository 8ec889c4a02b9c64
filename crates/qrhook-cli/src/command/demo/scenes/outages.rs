//! A store that fails, a shutdown, and a restart.

use std::sync::atomic::Ordering;

use super::super::{
    DUPLICATE, Demo, HANDLED, Stage,
    recorder::Plan,
    refused,
    table::Row,
    wire::{self, Answer},
};
use crate::{failure::Failure, limits::Limits, sender::Sender};

const GROUP: &str = "outage";

pub(super) async fn play(demo: &mut Demo) -> Result<(), Failure> {
    let scan = demo.event(Sender::QrStudio, "scan.created");
    let voucher = demo.event(Sender::QrPlanet, "VOUCHER_REDEEMED");
    demo.stage.store_fails.store(true, Ordering::SeqCst);
    demo.send(GROUP, "an event while the store fails", &scan, scan.signed(), refused(503)).await?;
    demo.send(GROUP, "an event while the store fails", &voucher, voucher.signed(), HANDLED).await?;
    let flagged = demo.recorder.unclaimed(&voucher.key) && !demo.recorder.unclaimed(&scan.key);
    demo.table.add(Row {
        group: GROUP,
        sender: voucher.sender.name(),
        what: "what its handler sees: it would not be sent again",
        expected: "unclaimed",
        got: if flagged { "unclaimed" } else { "no flag" },
        runs: (1, demo.recorder.runs(&voucher.key)),
        fits: flagged,
    })?;
    demo.stage.store_fails.store(false, Ordering::SeqCst);
    demo.send(GROUP, "its repeat when the store works again", &scan, scan.signed(), HANDLED).await?;
    restart(demo).await
}

async fn restart(demo: &mut Demo) -> Result<(), Failure> {
    let running = demo.event(Sender::CodeQr, "sale.created");
    let late = demo.event(Sender::CodeQr, "sale.created");
    demo.recorder.plan(&running.key, [Plan::Wait]);
    let address = demo.stage.address();
    let request = wire::request(running.sender, &running.signed());
    let answer = tokio::spawn(async move { wire::exchange(address, &request).await });
    demo.recorder.wait(|recorder| recorder.runs(&running.key) == 1).await;
    demo.stage.begin_stop();
    // None is turned away before the listener is closed; from then on another instance has them.
    let probe = wire::request(late.sender, &late.forged());
    while wire::exchange(address, &probe).await != Answer::Nothing {}
    let refused = wire::exchange(address, &wire::request(late.sender, &late.signed())).await;
    demo.table.add(Row {
        group: GROUP,
        sender: late.sender.name(),
        what: "an event after the listener was closed",
        expected: "nothing",
        got: &refused.to_string(),
        runs: (0, demo.recorder.runs(&late.key)),
        fits: refused == Answer::Nothing,
    })?;
    demo.recorder.go_on();
    let answer = answer.await.unwrap_or(Answer::Nothing);
    let runs = demo.recorder.runs(&running.key);
    demo.note(GROUP, "one whose handler runs during the shutdown", running.sender, answer, runs, HANDLED)?;
    demo.stage.stop().await;
    demo.stage = Stage::start(&demo.folder, &demo.recorder, Limits::PATIENT).await?;
    demo.send(GROUP, "its repeat after the restart", &running, running.signed(), DUPLICATE).await?;
    demo.send(GROUP, "the repeat of the refused one", &late, late.signed(), HANDLED).await
}
