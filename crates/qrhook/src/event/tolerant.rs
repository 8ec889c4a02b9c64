//! Reads an event member by member, leaving out and noting anything that does not fit.

use std::ops::ControlFlow;

use bytes::Bytes;
use serde_json::value::RawValue;

use super::{Envelope, Extra, JsonEvent, JsonPayload, Oddities, Source, read_field::Value};
use crate::{
    body::{BodyProblem, json},
    time::Timestamp,
};

/// The field of an oddity that concerns the whole body.
pub(super) const BODY: &str = "body";

/// Returns `None` if the text is not a JSON object.
pub(crate) fn read<P: JsonPayload>(
    text: &str,
    body: &Bytes,
    envelope: &Envelope,
    oddities: &mut Oddities,
) -> Option<Result<JsonEvent<P>, BodyProblem>> {
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
    let source = Source::new(body);
    let event_type = event_type.and_then(|raw| String::tolerant(raw, envelope.event_type, source, oddities));
    let created_at = created_at.zip(envelope.created_at);
    let created_at = created_at.and_then(|(raw, member)| Timestamp::tolerant(raw, member, source, oddities));
    let data = match envelope.data {
        Some(_) => data,
        None => serde_json::from_str(text.trim()).ok(),
    };
    let data = data.map(|raw: &RawValue| source.keep(raw.get()));
    let payload = P::decode(event_type, data.as_ref(), envelope.data.unwrap_or(BODY), oddities);
    let mut this = JsonEvent { id, created_at, payload, extra: Extra::default(), data };
    // If the whole body is the payload, its members are read as part of the payload.
    if envelope.data.is_some() {
        for (name, value) in extra {
            this.extra.push(name.into_owned(), source.keep(value.get()));
        }
    }
    Some(Ok(this))
}

/// Any non-empty string is an id. One with a lone surrogate, which a `String` cannot hold, is repaired so that
/// different ids stay different: otherwise an event would be lost as a duplicate of another.
fn read_id(raw: &RawValue, field: &'static str, oddities: &mut Oddities) -> Option<String> {
    let read = |text: &str| serde_json::from_str::<String>(text).ok();
    let id = read(raw.get()).or_else(|| {
        let id = read(&json::replace_lone_surrogates(raw.get())?)?;
        oddities.note(field, "is not a string that can be decoded");
        Some(id)
    });
    id.filter(|id| !id.is_empty())
}
