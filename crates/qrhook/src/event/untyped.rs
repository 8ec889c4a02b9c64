//! The payload of a sender whose types are not known.

use super::{JsonPayload, Oddities, RawJson};

/// No payload: the event's data is there for you to parse, as [`PlainEvent::data`](super::PlainEvent::data).
///
/// It does not know the type of the event, which is in [`PlainEvent::event_type`](super::PlainEvent::event_type). In a
/// [`JsonEvent`](super::JsonEvent), use [`Typed`](super::Typed) instead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Untyped;

impl JsonPayload for Untyped {
    fn decode(_: Option<String>, _: Option<&RawJson>, _: &str, _: &mut Oddities) -> Self {
        Self
    }

    fn event_type(&self) -> Option<&str> {
        None
    }

    /// All types are `other`.
    fn known_type(&self) -> Option<&'static str> {
        Some("other")
    }
}
