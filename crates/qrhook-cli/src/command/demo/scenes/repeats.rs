//! The same event again.

use std::{collections::BTreeMap, time::Duration};

use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinSet};

use super::super::{
    check::{Check, DUPLICATE, FAILED, HANDLED},
    event::Event,
    recorder::Plan,
    report::{Group, Row},
    wire::{self, Answer},
};
use crate::{failure::Failure, platform::Platform};

const GROUP: Group = Group { name: "repeat", about: "retries, copies at the same time, failing handlers" };

pub(super) async fn play(check: &mut Check) -> Result<(), Failure> {
    check.report.begin(GROUP)?;
    for (platform, name) in [
        (Platform::QrStudio, "scan.created"),
        (Platform::CodeQr, "lead.created"),
        (Platform::QrPlanet, "QR_CODE_SCANNED"),
    ] {
        let event = check.event(platform, name);
        check.send("an event", &event, event.signed(), HANDLED).await?;
        check.send("the same event again", &event, event.signed(), DUPLICATE).await?;
    }
    let event = check.event(Platform::QrPlanet, "CALL_2_ACTION_BUTTON_CLICKED");
    check.send("a click, which has no id", &event, event.signed(), HANDLED).await?;
    check.send("an equal click, which may be a new one", &event, event.signed(), HANDLED).await?;
    other_content(check).await?;
    concurrent(check).await?;
    failures(check).await?;
    hang_up(check).await
}

/// The platforms name the id as the key, so the id decides.
async fn other_content(check: &mut Check) -> Result<(), Failure> {
    let event = check.event(Platform::QrStudio, "scan.created");
    check.send("an event", &event, event.signed(), HANDLED).await?;
    let text = String::from_utf8_lossy(&event.body).into_owned();
    let moved = Event::of(event.platform, text.replace("\"Montreal\"", "\"Quebec\"").into());
    check.send("the same id with another body", &moved, moved.signed(), DUPLICATE).await?;
    let later = Event::of(event.platform, text.replace("2026-05-09T", "2026-05-10T").into());
    check.send("the same id with another creation time", &later, later.signed(), DUPLICATE).await?;
    Ok(())
}

async fn concurrent(check: &mut Check) -> Result<(), Failure> {
    const COPIES: usize = 100;
    for (platform, name) in [(Platform::QrStudio, "scan.created"), (Platform::CodeQr, "qrcode.scanned")] {
        let event = check.event(platform, name);
        check.recorder.plan(&event.key, [Plan::Work(Duration::from_millis(150))]);
        let request = wire::request(platform, &event.signed());
        let (address, mut copies) = (check.stage.address(), JoinSet::new());
        for _ in 0..COPIES {
            let request = request.clone();
            copies.spawn(async move { wire::exchange(address, &request).await });
        }
        let mut answers = BTreeMap::new();
        for answer in copies.join_all().await {
            let count: &mut usize = answers.entry(answer.to_string()).or_default();
            *count = count.saturating_add(1);
        }
        let fits = answers.contains_key("200") && answers.keys().all(|answer| answer == "200" || answer == "503");
        let got: Vec<_> = answers.iter().map(|(answer, count)| format!("{count}x {answer}")).collect();
        check.report.add(&Row {
            platform: platform.name(),
            what: "100 copies of an event at the same time",
            expected: "200 or 503",
            got: &got.join(", "),
            runs: (1, check.recorder.runs(&event.key)),
            fits,
        })?;
    }
    Ok(())
}

async fn failures(check: &mut Check) -> Result<(), Failure> {
    let event = check.event(Platform::CodeQr, "sale.created");
    check.recorder.plan(&event.key, [Plan::Fail, Plan::Panic]);
    check.send("an event whose handler fails", &event, event.signed(), FAILED).await?;
    // The handler panics as planned: the message of the standard library would only alarm the reader.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let sent = check.send("its retry, whose handler panics", &event, event.signed(), FAILED).await;
    std::panic::set_hook(hook);
    sent?;
    check.send("its retry, whose handler succeeds", &event, event.signed(), HANDLED).await?;
    check.send("one more retry", &event, event.signed(), DUPLICATE).await?;
    Ok(())
}

/// A sender that hangs up while the handler runs does not stop it.
async fn hang_up(check: &mut Check) -> Result<(), Failure> {
    let event = check.event(Platform::QrStudio, "scan.created");
    check.recorder.plan(&event.key, [Plan::Wait]);
    let request = wire::request(event.platform, &event.signed());
    if let Ok(mut stream) = TcpStream::connect(check.stage.address()).await {
        drop(stream.write_all(&request).await);
        check.recorder.wait(|recorder| recorder.runs(&event.key) == 1).await;
    }
    // The connection is closed without a response. The server needs a moment to notice, which cannot be observed.
    tokio::time::sleep(Duration::from_millis(100)).await;
    check.recorder.go_on();
    let ended = check.recorder.wait(|recorder| recorder.ended(&event.key) == 1).await;
    check.report.add(&Row {
        platform: event.platform.name(),
        what: "an event whose sender hangs up",
        expected: "finishes",
        got: if ended { "finishes" } else { "was stopped" },
        runs: (1, check.recorder.runs(&event.key)),
        fits: ended,
    })?;
    // The handler ends a moment before the commit.
    let mut answer = Answer::Status(503);
    for _ in 0..10_000 {
        answer = wire::exchange(check.stage.address(), &request).await;
        if answer != Answer::Status(503) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let runs = check.recorder.runs(&event.key).saturating_sub(1);
    check.note("its repeat", event.platform, answer, runs, DUPLICATE)
}
