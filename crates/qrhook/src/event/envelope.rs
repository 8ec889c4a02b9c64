//! The envelope around a JSON payload.

use std::{fmt, ops::ControlFlow};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{Extra, Identity, Oddities, RawJson, Scan, WebhookEvent, value::Value};
use crate::{
    body::{self, BodyProblem, json},
    provider::{Content, Decoded},
    time::Timestamp,
};

/// Where a sender's JSON says what an event is.
#[derive(Debug, Clone, Copy)]
pub struct Envelope {
    /// The member that holds the id, by which events are deduplicated.
    pub id: &'static str,
    /// The member that names the type.
    pub event_type: &'static str,
    /// The member that holds the time of creation.
    pub created_at: &'static str,
    /// The member that holds the payload; `None` when it is the body itself.
    pub data: Option<&'static str>,
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

/// The payloads of a JSON sender.
pub trait JsonPayload: fmt::Debug + Send + Sync + Sized + 'static {
    /// Reads the payload of an event of this type. Nothing is refused here: what cannot be read is noted.
    fn decode(event_type: Option<String>, data: Option<&RawJson>, oddities: &mut Oddities) -> Self;

    /// The type on the wire. `None` when the event named none.
    fn event_type(&self) -> Option<&str>;

    /// The common view, if this is a scan.
    fn scan(&self) -> Option<Scan<'_>> {
        None
    }
}

impl<P: JsonPayload> JsonEvent<P> {
    /// Reads an event out of a verified body.
    ///
    /// # Errors
    ///
    /// [`BodyProblem`] when the body is no JSON object, is nested too deeply, or has no usable id.
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
            oddities.note("body", "is not plain UTF-8 JSON and was repaired");
        }
        for (place, reason) in &repaired.missing {
            oddities.note(body::quote(place), reason);
        }
        let event = Self::read(&repaired.text, body, envelope, &mut oddities).ok_or(BodyProblem::NotAnObject)?;
        Ok(Decoded { event: event?, oddities })
    }

    /// `None` when the text is no JSON object.
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
                name if name == envelope.created_at => created_at = Some(value),
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
        let created_at = created_at.and_then(|raw| Timestamp::tolerant(raw, envelope.created_at, oddities));
        let data = match envelope.data {
            Some(_) => data,
            None => serde_json::from_str(text.trim()).ok(),
        };
        let data = data.map(|raw| RawJson::within(body, raw));
        let payload = P::decode(event_type, data.as_ref(), oddities);
        let mut this = Self { id, created_at, payload, extra: Extra::default(), data };
        // Where the body itself is the payload, its members are known there.
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

    /// The view of a scan that is the same for all senders; `None` when this is no scan.
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

/// A payload of one type of your own, for a sender whose events share a shape.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Typed<T> {
    /// The type on the wire.
    pub event_type: Option<String>,
    /// The payload. `None` when the event had none, or one that does not fit: see
    /// [`oddities`](crate::Delivery::oddities) and [`JsonEvent::data`].
    pub data: Option<T>,
}

impl<T: DeserializeOwned + fmt::Debug + Send + Sync + 'static> JsonPayload for Typed<T> {
    fn decode(event_type: Option<String>, data: Option<&RawJson>, oddities: &mut Oddities) -> Self {
        let data = data.and_then(|data| data.parse().map_err(|_| oddities.note("data", "does not fit its type")).ok());
        Self { event_type, data }
    }

    fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }
}

/// Reads the payload of a known event type, which is never refused: at worst all of it is missing, and noted.
pub(crate) fn decode_data<T: Value + Default>(data: Option<&RawJson>, oddities: &mut Oddities) -> T {
    let Some(data) = data.filter(|data| data.as_str() != "null") else {
        oddities.note("data", "is missing");
        return T::default();
    };
    decode_at(data, "data", oddities).unwrap_or_default()
}

/// Reads what stands at this place. `None` when it is `null` or does not fit at all, which is noted.
pub(crate) fn decode_at<T: Value>(json: &RawJson, at: &str, oddities: &mut Oddities) -> Option<T> {
    if let Ok(value) = T::strict(&mut serde_json::Deserializer::from_str(json.as_str())) {
        return value;
    }
    T::tolerant(json.raw()?, at, oddities)
}
