//! The envelope around a JSON payload.

use std::{fmt, ops::ControlFlow};

use bytes::Bytes;
use serde_json::value::RawValue;

use super::{Decoded, Extra, Identity, JsonPayload, Oddities, RawJson, Scan, WebhookEvent, read_field::Value};
use crate::{
    body::{self, BodyProblem, Content, json},
    time::Timestamp,
};

/// The place of an oddity that concerns the whole body.
const BODY: &str = "body";

/// The names of the members that every event of a JSON sender has.
///
/// ```
/// use qrhook::event::Envelope;
///
/// const ENVELOPE: Envelope = Envelope::new("id", "type").with_created_at("created_at").with_data("data");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Envelope {
    id: &'static str,
    event_type: &'static str,
    created_at: Option<&'static str>,
    data: Option<&'static str>,
}

impl Envelope {
    /// An envelope with its id, by which events are deduplicated, and its type in these members. The payload is the
    /// whole body, and the event does not say when it was created.
    pub const fn new(id: &'static str, event_type: &'static str) -> Self {
        Self { id, event_type, created_at: None, data: None }
    }

    /// The member that holds the time of creation.
    pub const fn with_created_at(self, member: &'static str) -> Self {
        Self { created_at: Some(member), ..self }
    }

    /// The member that holds the payload.
    pub const fn with_data(self, member: &'static str) -> Self {
        Self { data: Some(member), ..self }
    }
}

/// An event of a JSON sender: the envelope, and a payload of the sender's own types.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct JsonEvent<P> {
    /// The event's id, never empty.
    pub id: String,
    /// When the event was created, which is not when this delivery was sent.
    pub created_at: Option<Timestamp>,
    /// What happened.
    pub payload: P,
    /// Members of the envelope that this version does not know.
    pub extra: Extra,
    data: Option<RawJson>,
}

impl<P: JsonPayload> JsonEvent<P> {
    /// Reads an event out of a verified body.
    ///
    /// # Errors
    ///
    /// [`BodyProblem`] when the body is not a JSON object, is nested too deeply, or has no usable id.
    pub fn decode(content: Content<'_>, envelope: &Envelope) -> Result<Decoded<Self>, BodyProblem> {
        // A token sender's form has no JSON in it.
        let Content::Body(body) = content else { return Err(BodyProblem::NotAnObject) };
        let mut oddities = Oddities::default();
        if let Some(event) =
            std::str::from_utf8(body).ok().and_then(|text| Self::read(text, body, envelope, &mut oddities))
        {
            return Ok(Decoded { event: event?, oddities });
        }
        let repaired = json::repair(body, "null").ok_or(BodyProblem::NotAnObject)?;
        let mut oddities = Oddities::default();
        if repaired.rewritten {
            oddities.note(BODY, "is not plain UTF-8 JSON and was repaired");
        }
        for (place, reason) in &repaired.missing {
            oddities.note(body::quote(place), *reason);
        }
        let event = Self::read(&repaired.text, body, envelope, &mut oddities).ok_or(BodyProblem::NotAnObject)?;
        Ok(Decoded { event: event?, oddities })
    }

    /// `None` when the text is not a JSON object.
    fn read(
        text: &str,
        body: &Bytes,
        envelope: &Envelope,
        oddities: &mut Oddities,
    ) -> Option<Result<Self, BodyProblem>> {
        let (mut id, mut event_type, mut created_at, mut data) = (None, None, None, None);
        let mut extra = Vec::new();
        let read = json::read_members(text, |name, value| {
            match &*name {
                name if name == envelope.id => id = Some(value),
                name if name == envelope.event_type => event_type = Some(value),
                name if Some(name) == envelope.created_at => created_at = Some(value),
                name if Some(name) == envelope.data => data = Some(value),
                _ => extra.push((name, value)),
            }
            ControlFlow::Continue(())
        });
        read.ok()?;
        if let Err(problem) = json::check_depth(text) {
            return Some(Err(problem));
        }
        let Some(id) = id.and_then(|raw| read_id(raw, envelope.id, oddities)) else {
            return Some(Err(BodyProblem::NoId { field: envelope.id }));
        };
        let event_type = event_type.and_then(|raw| String::tolerant(raw, envelope.event_type, oddities));
        let created_at = created_at.zip(envelope.created_at);
        let created_at = created_at.and_then(|(raw, member)| Timestamp::tolerant(raw, member, oddities));
        let data = match envelope.data {
            Some(_) => data,
            None => serde_json::from_str(text.trim()).ok(),
        };
        let data = data.map(|raw| RawJson::within(body, raw));
        let payload = P::decode(event_type, data.as_ref(), envelope.data.unwrap_or(BODY), oddities);
        let mut this = Self { id, created_at, payload, extra: Extra::default(), data };
        // If the body itself is the payload, its members are read there.
        if envelope.data.is_some() {
            for (name, value) in extra {
                this.extra.push(name.into_owned(), RawJson::within(body, value));
            }
        }
        Some(Ok(this))
    }
}

impl<P> JsonEvent<P> {
    /// The payload as it was sent, unread. `None` when the event had none.
    pub fn data(&self) -> Option<&RawJson> {
        self.data.as_ref()
    }
}

/// Any text that is not empty is an id. One with half a surrogate pair, which no `String` can hold, is repaired so that
/// two ids stay two: otherwise an event would be lost as the duplicate of another.
fn read_id(raw: &RawValue, field: &'static str, oddities: &mut Oddities) -> Option<String> {
    let read = |text: &str| serde_json::from_str::<String>(text).ok();
    let id = read(raw.get()).or_else(|| {
        let id = read(&json::replace_lone_surrogates(raw.get())?)?;
        oddities.note(field, "is not a text that can be decoded");
        Some(id)
    });
    id.filter(|id| !id.is_empty())
}

impl<P: JsonPayload> JsonEvent<P> {
    /// The type on the wire. `None` when the event named none.
    pub fn event_type(&self) -> Option<&str> {
        self.payload.event_type()
    }

    /// The view of a scan that is the same for all senders; `None` when this is not a scan.
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
