//! The envelope around a JSON payload.

use std::fmt;

use super::{Extra, Identity, JsonPayload, RawJson, Scan, WebhookEvent};
use crate::time::Timestamp;

/// The names of the members that every event of a JSON sender has.
///
/// # Example
///
/// ```
/// use qrhook::event::Envelope;
///
/// const ENVELOPE: Envelope = Envelope::new("id", "type").with_created_at("created_at").with_data("data");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Envelope {
    pub(super) id: &'static str,
    pub(super) event_type: &'static str,
    pub(super) created_at: Option<&'static str>,
    pub(super) data: Option<&'static str>,
}

impl Envelope {
    /// Names the members that hold the event's id, by which events are deduplicated, and its type. Unless further
    /// members are named, the payload is the whole body, and the event has no creation time.
    pub const fn new(id: &'static str, event_type: &'static str) -> Self {
        Self { id, event_type, created_at: None, data: None }
    }

    /// Names the member that holds the creation time.
    pub const fn with_created_at(self, member: &'static str) -> Self {
        Self { created_at: Some(member), ..self }
    }

    /// Names the member that holds the payload.
    pub const fn with_data(self, member: &'static str) -> Self {
        Self { data: Some(member), ..self }
    }
}

/// An event of a JSON sender: the envelope, and a payload of the sender's own type.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct JsonEvent<P> {
    /// The event's id, never empty.
    pub id: String,
    /// The creation time of the event, not of this delivery.
    pub created_at: Option<Timestamp>,
    /// The payload, by the type of the event.
    pub payload: P,
    /// Unknown members of the envelope.
    pub extra: Extra,
    pub(super) data: Option<RawJson>,
}

impl<P> JsonEvent<P> {
    /// Returns the payload as it was sent, unparsed; `None` if the event had none.
    pub fn data(&self) -> Option<&RawJson> {
        self.data.as_ref()
    }
}

impl<P: JsonPayload> JsonEvent<P> {
    /// Returns the type on the wire; `None` if the event had none.
    pub fn event_type(&self) -> Option<&str> {
        self.payload.event_type()
    }

    /// Returns the common view of a scan; `None` if this is not a scan.
    pub fn scan(&self) -> Option<Scan<'_>> {
        let mut scan = self.payload.scan()?;
        scan.time = scan.time.or(self.created_at.as_ref());
        Some(scan)
    }
}

impl<P: JsonPayload> WebhookEvent for JsonEvent<P> {
    fn identity(&self) -> Identity<'_> {
        Identity::Id(&self.id)
    }

    fn event_type(&self) -> Option<&str> {
        self.event_type()
    }

    fn known_type(&self) -> Option<&'static str> {
        self.payload.known_type()
    }

    fn created_at(&self) -> Option<&Timestamp> {
        self.created_at.as_ref()
    }

    fn scan(&self) -> Option<Scan<'_>> {
        self.scan()
    }
}

impl<P: fmt::Debug> fmt::Debug for JsonEvent<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonEvent")
            .field("id", &self.id)
            .field("created_at", &self.created_at)
            .field("payload", &self.payload)
            .field("extra", &self.extra)
            .finish_non_exhaustive()
    }
}
