//! Every documented event.

use qrhook::testing::samples;

use super::super::{
    check::{Check, HANDLED},
    event::Event,
    report::Group,
};
use crate::{failure::Failure, platform::Platform};

const GROUP: Group = Group { name: "samples", about: "every documented event, and two unknown ones" };

pub(super) async fn play(check: &mut Check) -> Result<(), Failure> {
    check.report.begin(GROUP)?;
    for platform in Platform::ALL {
        for sample in samples::of(platform.name()) {
            let event = check.event(platform, sample.name);
            check.send(sample.name, &event, event.signed(), HANDLED).await?;
        }
    }
    let unknown = r#"{"type":"tomorrow.invented","id":"evt_unknown","created_at":"2026-05-09T14:01:23Z","data":{}}"#;
    let event = Event::of(Platform::QrStudio, unknown.into());
    check.send("an unknown event type", &event, event.signed(), HANDLED).await?;
    let event = Event::of(Platform::QrPlanet, "event=TOMORROW_INVENTED".into());
    check.send("an unknown event type", &event, event.signed(), HANDLED).await?;
    Ok(())
}
