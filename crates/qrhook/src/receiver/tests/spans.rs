//! The spans, as a tracing program sees them.

use std::{fmt::Debug, sync::Mutex};

use tracing::{
    Event, Id, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Record},
};

use super::*;

/// Records the spans of one thread.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    /// The name and fields of each span, behind those of the spans around it.
    spans: Vec<String>,
    entered: Vec<Id>,
    /// The span in which the handler logged.
    logged_in: Vec<String>,
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {}={value:?}", field.name()));
    }
}

impl Recorded {
    fn at(&mut self, id: &Id) -> &mut String {
        let number = usize::try_from(id.into_u64()).unwrap();
        self.spans.get_mut(number.saturating_sub(1)).unwrap()
    }

    fn around(&mut self) -> String {
        let Some(id) = self.entered.last().cloned() else { return String::new() };
        self.at(&id).split(' ').next().unwrap().to_owned()
    }
}

impl Subscriber for Spans {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut recorded = self.0.lock().unwrap();
        let mut span = format!("{}/{}", recorded.around(), attributes.metadata().name());
        attributes.record(&mut Fields(&mut span));
        recorded.spans.push(span);
        Id::from_u64(u64::try_from(recorded.spans.len()).unwrap())
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut Fields(self.0.lock().unwrap().at(id)));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        if event.metadata().target() == "handler" {
            let mut recorded = self.0.lock().unwrap();
            let around = recorded.around();
            recorded.logged_in.push(around);
        }
    }

    fn enter(&self, id: &Id) {
        self.0.lock().unwrap().entered.push(id.clone());
    }

    fn exit(&self, _: &Id) {
        self.0.lock().unwrap().entered.pop();
    }
}

#[tokio::test(start_paused = true)]
async fn a_delivery_is_a_span_with_its_steps_inside() {
    let spans = Spans::default();
    let _tracing = tracing::subscriber::set_default(spans.clone());
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let handler = || async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        tracing::info!(target: "handler", "working");
        answer(Handled::Done { status: None })
    };
    let event = r#"{"id":"evt_1","type":"scan.created","data":{"short_id":"a"}}"#;
    assert_eq!(deliver(&receiver, event, handler).await, Ok(()));
    let recorded = spans.0.lock().unwrap();
    let webhook =
        "/webhook sender=\"qrstudio\" endpoint=\"test\" id=\"evt_1\" event_type=\"scan.created\" outcome=\"handled\"";
    let expected = [webhook, "/webhook/store step=\"claim\"", "/webhook/handler", "/webhook/store step=\"commit\""];
    assert_eq!(recorded.spans, expected);
    assert_eq!(recorded.logged_in, ["/webhook/handler"]);
}

#[tokio::test(start_paused = true)]
async fn the_span_of_a_request_that_is_not_verified_holds_nothing_of_it() {
    let spans = Spans::default();
    let _tracing = tracing::subscriber::set_default(spans.clone());
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let request = sign::<QrStudio>("whsec_other", r#"{"id":"evt_1","type":"scan.created"}"#, NOW);
    let refused = accept_pieces(&receiver, &request.headers, [Ok(request.body)], true).await.map(drop);
    assert_eq!(refused, Err(Rejection::Unverified(VerifyError::SignatureMismatch)));
    assert_eq!(spans.0.lock().unwrap().spans, ["/webhook sender=\"qrstudio\" endpoint=\"test\""]);
}
