//! A store that fails, a shutdown, and a restart.

use std::sync::atomic::Ordering;

use super::super::{
    check::{Check, DUPLICATE, HANDLED, refused},
    recorder::Plan,
    report::{Group, Row},
    stage::Stage,
    wire::{self, Answer},
};
use crate::{failure::Failure, limits::Limits, platform::Platform};

const GROUP: Group = Group { name: "outage", about: "a store that fails, a shutdown, a restart" };

pub(super) async fn play(check: &mut Check) -> Result<(), Failure> {
    check.report.begin(GROUP)?;
    let scan = check.event(Platform::QrStudio, "scan.created");
    let voucher = check.event(Platform::QrPlanet, "VOUCHER_REDEEMED");
    check.stage.store_fails.store(true, Ordering::SeqCst);
    check.send("an event while the store fails", &scan, scan.signed(), refused(503)).await?;
    check.send("an event while the store fails", &voucher, voucher.signed(), HANDLED).await?;
    let flagged = check.recorder.unclaimed(&voucher.key) && !check.recorder.unclaimed(&scan.key);
    check.report.add(&Row {
        platform: voucher.platform.name(),
        what: "how its handler sees it (no retry would come)",
        expected: "unclaimed",
        got: if flagged { "unclaimed" } else { "no flag" },
        runs: (1, check.recorder.runs(&voucher.key)),
        fits: flagged,
    })?;
    check.stage.store_fails.store(false, Ordering::SeqCst);
    check.send("its retry when the store works again", &scan, scan.signed(), HANDLED).await?;
    restart(check).await
}

async fn restart(check: &mut Check) -> Result<(), Failure> {
    let running = check.event(Platform::CodeQr, "sale.created");
    let late = check.event(Platform::CodeQr, "sale.created");
    check.recorder.plan(&running.key, [Plan::Wait]);
    let address = check.stage.address();
    let request = wire::request(running.platform, &running.signed());
    let answer = tokio::spawn(async move { wire::exchange(address, &request).await });
    check.recorder.wait(|recorder| recorder.runs(&running.key) == 1).await;
    check.stage.begin_stop();
    // Events are accepted until the listener is closed; after that, another instance would receive them.
    let probe = wire::request(late.platform, &late.forged());
    while wire::exchange(address, &probe).await != Answer::Nothing {}
    let refused = wire::exchange(address, &wire::request(late.platform, &late.signed())).await;
    check.report.add(&Row {
        platform: late.platform.name(),
        what: "an event after the listener was closed",
        expected: "nothing",
        got: &refused.to_string(),
        runs: (0, check.recorder.runs(&late.key)),
        fits: refused == Answer::Nothing,
    })?;
    check.recorder.go_on();
    let answer = answer.await.unwrap_or(Answer::Nothing);
    let runs = check.recorder.runs(&running.key);
    check.note("an event being handled at the shutdown", running.platform, answer, runs, HANDLED)?;
    check.stage.stop().await;
    check.stage = Stage::start(&check.folder, &check.recorder, Limits::PATIENT).await?;
    check.send("its repeat after the restart", &running, running.signed(), DUPLICATE).await?;
    check.send("the retry of the refused event", &late, late.signed(), HANDLED).await?;
    Ok(())
}
