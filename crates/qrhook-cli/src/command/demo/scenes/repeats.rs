//! The same event again.

use std::{collections::BTreeMap, time::Duration};

use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinSet};

use super::super::{
    DUPLICATE, Demo, Event, Expected, HANDLED,
    recorder::Plan,
    table::Row,
    wire::{self, Answer},
};
use crate::{failure::Failure, sender::Sender};

const GROUP: &str = "repeat";

const FAILED: Expected = Expected { status: 500, runs: 1 };

pub(super) async fn play(demo: &mut Demo) -> Result<(), Failure> {
    for (sender, name) in
        [(Sender::QrStudio, "scan.created"), (Sender::CodeQr, "lead.created"), (Sender::QrPlanet, "QR_CODE_SCANNED")]
    {
        let event = demo.event(sender, name);
        demo.send(GROUP, "an event", &event, event.signed(), HANDLED).await?;
        demo.send(GROUP, "the same event again", &event, event.signed(), DUPLICATE).await?;
    }
    let event = demo.event(Sender::QrPlanet, "CALL_2_ACTION_BUTTON_CLICKED");
    demo.send(GROUP, "a click, which has no id", &event, event.signed(), HANDLED).await?;
    demo.send(GROUP, "an equal click, which may be another one", &event, event.signed(), HANDLED).await?;
    other_content(demo).await?;
    concurrent(demo).await?;
    failures(demo).await?;
    hang_up(demo).await
}

/// The platforms name the id as the key, so the id decides.
async fn other_content(demo: &mut Demo) -> Result<(), Failure> {
    let event = demo.event(Sender::QrStudio, "scan.created");
    demo.send(GROUP, "an event", &event, event.signed(), HANDLED).await?;
    let text = String::from_utf8_lossy(&event.body).into_owned();
    let moved = Event::of(event.sender, text.replace("\"Montreal\"", "\"Quebec\"").into());
    demo.send(GROUP, "the same id with another body", &moved, moved.signed(), DUPLICATE).await?;
    let later = Event::of(event.sender, text.replace("2026-05-09T", "2026-05-10T").into());
    demo.send(GROUP, "the same id with another time of creation", &later, later.signed(), DUPLICATE).await
}

async fn concurrent(demo: &mut Demo) -> Result<(), Failure> {
    const COPIES: usize = 100;
    for (sender, name) in [(Sender::QrStudio, "scan.created"), (Sender::CodeQr, "qrcode.scanned")] {
        let event = demo.event(sender, name);
        demo.recorder.plan(&event.key, [Plan::Work(Duration::from_millis(150))]);
        let request = wire::request(sender, &event.signed());
        let (address, mut copies) = (demo.stage.address(), JoinSet::new());
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
        demo.table.add(Row {
            group: GROUP,
            sender: sender.name(),
            what: "100 copies of an event at the same time",
            expected: "200 or 503",
            got: &got.join(", "),
            runs: (1, demo.recorder.runs(&event.key)),
            fits,
        })?;
    }
    Ok(())
}

async fn failures(demo: &mut Demo) -> Result<(), Failure> {
    let event = demo.event(Sender::CodeQr, "sale.created");
    demo.recorder.plan(&event.key, [Plan::Fail, Plan::Panic]);
    demo.send(GROUP, "an event whose handler fails", &event, event.signed(), FAILED).await?;
    // The handler's panic is planned; what the standard library says about it would only frighten.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let sent = demo.send(GROUP, "its repeat, whose handler panics", &event, event.signed(), FAILED).await;
    std::panic::set_hook(hook);
    sent?;
    demo.send(GROUP, "its repeat, whose handler succeeds", &event, event.signed(), HANDLED).await?;
    demo.send(GROUP, "its repeat after that", &event, event.signed(), DUPLICATE).await
}

/// A sender that hangs up while the handler runs does not stop it.
async fn hang_up(demo: &mut Demo) -> Result<(), Failure> {
    let event = demo.event(Sender::QrStudio, "scan.created");
    demo.recorder.plan(&event.key, [Plan::Wait]);
    let request = wire::request(event.sender, &event.signed());
    if let Ok(mut stream) = TcpStream::connect(demo.stage.address()).await {
        drop(stream.write_all(&request).await);
        demo.recorder.wait(|recorder| recorder.runs(&event.key) == 1).await;
    }
    // Here the connection was closed, with no answer read. The server gets a moment to see it; nobody can watch that.
    tokio::time::sleep(Duration::from_millis(100)).await;
    demo.recorder.go_on();
    let ended = demo.recorder.wait(|recorder| recorder.ended(&event.key) == 1).await;
    demo.table.add(Row {
        group: GROUP,
        sender: event.sender.name(),
        what: "an event whose sender hangs up while its handler runs",
        expected: "runs on",
        got: if ended { "runs on" } else { "was stopped" },
        runs: (1, demo.recorder.runs(&event.key)),
        fits: ended,
    })?;
    // The handler's end comes a moment before the commit.
    let mut answer = Answer::Status(503);
    for _ in 0..10_000 {
        answer = wire::exchange(demo.stage.address(), &request).await;
        if answer != Answer::Status(503) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let runs = demo.recorder.runs(&event.key).saturating_sub(1);
    demo.note(GROUP, "its repeat", event.sender, answer, runs, DUPLICATE)
}
