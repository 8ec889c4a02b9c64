//! Requests that are too large, too slow or unusable.

use std::time::Duration;

use http::{HeaderMap, header};
use qrhook::{Provider, codeqr::CodeQr, qrstudio::QrStudio};
use tokio::task::JoinHandle;

use super::super::{
    check::{Check, refused},
    event::Event,
    report::Group,
    stage::Stage,
    wire::{self, Answer},
};
use crate::{failure::Failure, limits::Limits, platform::Platform};

const GROUP: Group = Group { name: "limits", about: "too large, too slow, unusable, or not POST" };

pub(super) async fn play(check: &mut Check) -> Result<(), Failure> {
    check.report.begin(GROUP)?;
    for (platform, name, limit) in [
        (Platform::QrStudio, "scan.created", QrStudio.policy().body_limit),
        (Platform::CodeQr, "page.created", CodeQr.policy().body_limit),
    ] {
        let event = check.event(platform, name);
        let headers = event.signed().headers;
        let too_long = limit.saturating_add(1);
        let announced = wire::head("POST", platform.name(), &headers, &format!("content-length: {too_long}"));
        check.send_raw("announces too large a body", &event, &announced, refused(413)).await?;
        let mut chunked = wire::head("POST", platform.name(), &headers, "transfer-encoding: chunked");
        chunked.extend(wire::chunk(&vec![b' '; too_long]));
        check.send_raw("too large a body, of unannounced length", &event, &chunked, refused(413)).await?;
    }
    let event = check.event(Platform::QrStudio, "scan.created");
    let get = wire::head("GET", event.platform.name(), &HeaderMap::new(), "x-demo: 1");
    check.send_raw("GET instead of POST", &event, &get, refused(405)).await?;
    let array = Event::of(Platform::QrStudio, "[]".into());
    check.send("authentic, but not a JSON object", &array, array.signed(), refused(400)).await?;
    let nameless = Event::of(Platform::CodeQr, r#"{"event":"link.created","data":{}}"#.into());
    check.send("authentic, but without an id", &nameless, nameless.signed(), refused(400)).await?;
    let event = check.event(Platform::QrPlanet, "QR_CODE_SCANNED");
    let typeless = event.without(header::CONTENT_TYPE.as_str());
    check.send("no content type", &event, typeless, refused(415)).await?;
    let many = Event::of(Platform::QrPlanet, format!("event=QR_CODE_SCANNED{}", "&a=1".repeat(1000)).into());
    let mut request = many.signed();
    // The token is moved to the front: behind the last field that is read, it would count as missing.
    let mut parts = request.body.rsplitn(2, |byte| *byte == b'&');
    let (token, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    request.body = [token, b"&", rest].concat().into();
    check.send("authentic, but with too many fields", &many, request, refused(400)).await?;
    Ok(())
}

/// A body that never ends, sent to a separate receiver: that of the other scenes waits much longer, for busy machines.
pub(super) struct SlowBody {
    event: Event,
    stage: Stage,
    answer: JoinHandle<Answer>,
}

pub(super) async fn slow_body(check: &Check) -> Result<SlowBody, Failure> {
    let event = check.event(Platform::QrStudio, "scan.created");
    let signed = event.signed();
    let length = format!("content-length: {}", signed.body.len());
    let mut request = wire::head("POST", event.platform.name(), &signed.headers, &length);
    request.extend_from_slice(signed.body.split_last().map_or(&[][..], |(_, first)| first));
    let folder = check.folder.join("slow");
    let made = std::fs::create_dir(&folder);
    made.map_err(|error| Failure::failed(format!("cannot create a temporary folder: {error}")))?;
    let limits = Limits::PATIENT.with_body_time(Duration::from_secs(3));
    let stage = Stage::start(&folder, &check.recorder, limits).await?;
    let address = stage.address();
    let answer = tokio::spawn(async move { wire::exchange(address, &request).await });
    Ok(SlowBody { event, stage, answer })
}

impl SlowBody {
    pub(super) async fn finish(mut self, check: &mut Check) -> Result<(), Failure> {
        let answer = self.answer.await.unwrap_or(Answer::Nothing);
        self.stage.stop().await;
        let runs = check.recorder.runs(&self.event.key);
        check.note("a body that is not complete within 3 s", self.event.platform, answer, runs, refused(408))
    }
}
