//! Requests that are too large, too slow, or none at all.

use std::time::Duration;

use http::{HeaderMap, header};
use qrhook::{Provider, codeqr::CodeQr, qrstudio::QrStudio};
use tokio::task::JoinHandle;

use super::super::{
    Demo, Event, Stage, refused,
    wire::{self, Answer},
};
use crate::{failure::Failure, limits::Limits, sender::Sender};

const GROUP: &str = "limits";

pub(super) async fn play(demo: &mut Demo) -> Result<(), Failure> {
    for (sender, name, limit) in [
        (Sender::QrStudio, "scan.created", QrStudio::POLICY.body_limit),
        (Sender::CodeQr, "page.created", CodeQr::POLICY.body_limit),
    ] {
        let event = demo.event(sender, name);
        let headers = event.signed().headers;
        let too_long = limit.saturating_add(1);
        let announced = wire::head("POST", sender.name(), &headers, &format!("content-length: {too_long}"));
        demo.send_raw(GROUP, "announces too large a body, and does not send it", &event, &announced, refused(413))
            .await?;
        let mut chunked = wire::head("POST", sender.name(), &headers, "transfer-encoding: chunked");
        chunked.extend(wire::chunk(&vec![b' '; too_long]));
        demo.send_raw(GROUP, "too large a body of unannounced length", &event, &chunked, refused(413)).await?;
    }
    let event = demo.event(Sender::QrStudio, "scan.created");
    let get = wire::head("GET", event.sender.name(), &HeaderMap::new(), "x-demo: 1");
    demo.send_raw(GROUP, "GET instead of POST", &event, &get, refused(405)).await?;
    let array = Event::of(Sender::QrStudio, "[]".into());
    demo.send(GROUP, "authentic, but no JSON object", &array, array.signed(), refused(400)).await?;
    let nameless = Event::of(Sender::CodeQr, r#"{"event":"link.created","data":{}}"#.into());
    demo.send(GROUP, "authentic, but without an id", &nameless, nameless.signed(), refused(400)).await?;
    let event = demo.event(Sender::QrPlanet, "QR_CODE_SCANNED");
    let typeless = event.without(header::CONTENT_TYPE.as_str());
    demo.send(GROUP, "no content type", &event, typeless, refused(415)).await?;
    let many = Event::of(Sender::QrPlanet, format!("event=QR_CODE_SCANNED{}", "&a=1".repeat(1000)).into());
    let mut request = many.signed();
    // A token behind the last field that is read would be a missing one.
    let mut parts = request.body.rsplitn(2, |byte| *byte == b'&');
    let (token, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    request.body = [token, b"&", rest].concat().into();
    demo.send(GROUP, "authentic, but with too many fields", &many, request, refused(400)).await
}

/// A body that stops coming, at a receiver that waits for none as long as the other one does: there no body is late, however
/// busy the machine is.
pub(super) struct SlowBody {
    event: Event,
    stage: Stage,
    answer: JoinHandle<Answer>,
}

pub(super) async fn slow_body(demo: &Demo) -> Result<SlowBody, Failure> {
    let event = demo.event(Sender::QrStudio, "scan.created");
    let signed = event.signed();
    let length = format!("content-length: {}", signed.body.len());
    let mut request = wire::head("POST", event.sender.name(), &signed.headers, &length);
    request.extend_from_slice(signed.body.split_last().map_or(&[][..], |(_, first)| first));
    let folder = demo.folder.join("slow");
    let made = std::fs::create_dir(&folder);
    made.map_err(|error| Failure::failed(format!("cannot make a temporary folder: {error}")))?;
    let limits = Limits::PATIENT.with_body_time(Duration::from_secs(3));
    let stage = Stage::start(&folder, &demo.recorder, limits).await?;
    let address = stage.address();
    let answer = tokio::spawn(async move { wire::exchange(address, &request).await });
    Ok(SlowBody { event, stage, answer })
}

impl SlowBody {
    pub(super) async fn finish(mut self, demo: &mut Demo) -> Result<(), Failure> {
        let answer = self.answer.await.unwrap_or(Answer::Nothing);
        self.stage.stop().await;
        let runs = demo.recorder.runs(&self.event.key);
        demo.note(GROUP, "a body that does not end within 3 s", self.event.sender, answer, runs, refused(408))
    }
}
