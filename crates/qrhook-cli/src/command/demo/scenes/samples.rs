//! Every event that the platforms document.

use qrhook::testing::samples;

use super::super::{Demo, Event, HANDLED};
use crate::{failure::Failure, sender::Sender};

const GROUP: &str = "samples";

pub(super) async fn play(demo: &mut Demo) -> Result<(), Failure> {
    for sender in Sender::ALL {
        for sample in samples::of(sender.name()) {
            let event = demo.event(sender, sample.name);
            demo.send(GROUP, sample.name, &event, event.signed(), HANDLED).await?;
        }
    }
    let unknown = r#"{"type":"tomorrow.invented","id":"evt_unknown","created_at":"2026-05-09T14:01:23Z","data":{}}"#;
    let event = Event::of(Sender::QrStudio, unknown.into());
    demo.send(GROUP, "an event type that nobody knows yet", &event, event.signed(), HANDLED).await?;
    let event = Event::of(Sender::QrPlanet, "event=TOMORROW_INVENTED".into());
    demo.send(GROUP, "an event type that nobody knows yet", &event, event.signed(), HANDLED).await
}
