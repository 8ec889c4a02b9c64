//! Sends requests to the demo's receiver, and compares what comes back with what is expected.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use qrhook::testing::{SignedRequest, samples};

use super::{
    event::Event,
    recorder::Recorder,
    report::{Report, Row},
    stage::Stage,
    wire::{self, Answer},
};
use crate::{failure::Failure, ids::Ids, limits::Limits, platform::Platform};

/// A running receiver, and the record of what was sent to it.
pub(super) struct Check {
    pub(super) stage: Stage,
    pub(super) recorder: Recorder,
    pub(super) report: Report,
    /// The folder of its stores.
    pub(super) folder: PathBuf,
    ids: Ids,
}

/// The expected outcome of one request.
#[derive(Clone, Copy)]
pub(super) struct Expected {
    pub(super) status: u16,
    pub(super) runs: usize,
}

pub(super) const HANDLED: Expected = Expected { status: 200, runs: 1 };
pub(super) const FAILED: Expected = Expected { status: 500, runs: 1 };
pub(super) const DUPLICATE: Expected = Expected { status: 200, runs: 0 };
pub(super) const NOT_VERIFIED: Expected = refused(401);

pub(super) const fn refused(status: u16) -> Expected {
    Expected { status, runs: 0 }
}

impl Check {
    pub(super) async fn start(folder: &Path, report: Report) -> Result<Self, Failure> {
        let recorder = Recorder::new();
        let stage = Stage::start(folder, &recorder, Limits::PATIENT).await?;
        Ok(Self { stage, recorder, report, folder: folder.to_owned(), ids: Ids::new()? })
    }

    /// A sample event with an id of its own.
    pub(super) fn event(&self, platform: Platform, name: &str) -> Event {
        let sample = samples::find(platform.name(), name).map(|sample| Bytes::from_static(sample.body));
        let body = sample.map(|body| self.ids.fresh(platform.sender(), name, &body).bytes);
        Event::of(platform, body.unwrap_or_default())
    }

    /// Sends a request, and reports the response.
    pub(super) async fn send(
        &mut self,
        what: &str,
        event: &Event,
        request: SignedRequest,
        expected: Expected,
    ) -> Result<Answer, Failure> {
        let raw = wire::request(event.platform, &request);
        self.send_raw(what, event, &raw, expected).await
    }

    pub(super) async fn send_raw(
        &mut self,
        what: &str,
        event: &Event,
        request: &[u8],
        expected: Expected,
    ) -> Result<Answer, Failure> {
        let before = self.recorder.runs(&event.key);
        let answer = wire::exchange(self.stage.address(), request).await;
        let runs = self.recorder.runs(&event.key).saturating_sub(before);
        self.note(what, event.platform, answer, runs, expected)?;
        Ok(answer)
    }

    pub(super) fn note(
        &mut self,
        what: &str,
        platform: Platform,
        answer: Answer,
        runs: usize,
        expected: Expected,
    ) -> Result<(), Failure> {
        self.report.add(&Row {
            platform: platform.name(),
            what,
            expected: &expected.status.to_string(),
            got: &answer.to_string(),
            runs: (expected.runs, runs),
            fits: answer == Answer::Status(expected.status),
        })
    }
}
