//! The log lines about an event.

use std::{
    fmt::Debug,
    sync::{Mutex, atomic::AtomicU64},
};

use tracing::{
    Event, Id, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Record},
};

use super::*;

/// Records the lines of one thread, each with its level and fields.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(Level, String)>>>, Arc<AtomicU64>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!("{}={value:?} ", field.name()));
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(self.1.fetch_add(1, Ordering::SeqCst).saturating_add(1))
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = String::new();
        event.record(&mut Fields(&mut line));
        self.0.lock().unwrap().push((*event.metadata().level(), line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Log {
    fn lines(&self, level: Level) -> Vec<String> {
        let lines = self.0.lock().unwrap();
        lines.iter().filter(|(found, _)| *found == level).map(|(_, line)| line.clone()).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_fails_is_one_warning_with_what_it_was_about() {
    let log = Log::default();
    let _logging = tracing::subscriber::set_default(log.clone());
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        answer(Handled::Failed { status: Some(StatusCode::INTERNAL_SERVER_ERROR) })
    };
    assert_eq!(deliver(&receiver, EVENT, slow).await, Ok(()));
    let warnings = log.lines(Level::WARN);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    for part in
        ["sender=\"qrstudio\"", "endpoint=\"test\"", "id=\"evt_1\"", "event_type=\"t\"", "status=500", "took_ms=1500"]
    {
        assert!(warnings[0].contains(part), "{part}: {}", warnings[0]);
    }
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    assert_eq!(log.lines(Level::WARN).len(), 1, "a success is not a warning");
}

#[tokio::test(start_paused = true)]
async fn an_id_makes_no_line_of_its_own_and_no_long_one() {
    let log = Log::default();
    let _logging = tracing::subscriber::set_default(log.clone());
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let id = format!("a\\nERROR {}", "x".repeat(10_000));
    assert_eq!(deliver(&receiver, &format!(r#"{{"id":"{id}"}}"#), failed).await, Ok(()));
    let [warning] = &log.lines(Level::WARN)[..] else { panic!("one line") };
    assert!(!warning.contains('\n') && warning.len() < 400, "{warning}");
}
