//! The envelope around a JSON payload.

use std::fmt;

use super::{Extra, Identity, JsonPayload, RawJson, Scan, WebhookEvent};
use crate::time::Timestamp;

/// The names of the members that all events of a JSON sender have.
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
    /// An envelope with the id, which identifies repeats, and the type in these members. The payload is the whole
    /// body, and there is no creation time.
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

/// An event of a JSON sender: the envelope, and a payload in the sender's own types.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct JsonEvent<P> {
    /// The id of the event, never empty.
    pub id: String,
    /// The creation time of the event, which is not the time at which this delivery was sent.
    pub created_at: Option<Timestamp>,
    /// What happened.
    pub payload: P,
    /// The members of the envelope that this version does not know.
    pub extra: Extra,
    pub(super) data: Option<RawJson>,
}

impl<P> JsonEvent<P> {
    /// The unread payload as it was sent. `None` if the event has none.
    pub fn data(&self) -> Option<&RawJson> {
        self.data.as_ref()
    }
}

impl<P: JsonPayload> JsonEvent<P> {
    /// The type on the wire. `None` if the event has none.
    pub fn event_type(&self) -> Option<&str> {
        self.payload.event_type()
    }

    /// The view of a scan that all senders share. `None` if this is not a scan.
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
