//! Reads an event in one pass over its body, as long as nothing is unusual: the members are in the order in which the
//! senders write them, each occurs once, and none holds an oddity. Anything else is left to the tolerant reading.

use std::{borrow::Cow, fmt, marker::PhantomData};

use bytes::Bytes;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::{Envelope, Extra, JsonEvent, JsonPayload, Source, read_field::Strictly};
use crate::{body::json, time::Timestamp};

/// Returns `None` if anything is unusual. `text` is the whole body.
pub(crate) fn read<P: JsonPayload>(text: &str, body: &Bytes, envelope: &Envelope) -> Option<JsonEvent<P>> {
    let (mut document, mut members) = (serde_json::Deserializer::from_str(text), Members::default());
    let reading = OnePass { text, envelope, data: envelope.data?, source: Source::new(body), members: &mut members };
    document.deserialize_map(reading).ok()?;
    document.end().ok()?;
    json::check_depth(text).ok()?;
    let Members { id, created_at, payload, extra, span, .. } = members;
    let data = span.of(text).map(|json| Source::new(body).keep(json));
    Some(JsonEvent { id: id?, created_at: created_at.flatten(), payload: payload?, extra, data })
}

/// The members that were read. Filled in place: a payload is large, and returning it would move it at every level.
struct Members<'de, P> {
    id: Option<String>,
    event_type: Option<Cow<'de, str>>,
    created_at: Option<Option<Timestamp>>,
    payload: Option<P>,
    extra: Extra,
    span: Span,
}

struct OnePass<'a, 'de, P> {
    text: &'a str,
    envelope: &'a Envelope,
    data: &'static str,
    source: Source<'a>,
    members: &'a mut Members<'de, P>,
}

impl<'de, P: JsonPayload> Visitor<'de> for OnePass<'_, 'de, P> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let Self { text, envelope, data, source, members } = self;
        while let Some(name) = map.next_key_seed(json::Name)? {
            // A name with escapes does not occur in the text in this form.
            let Cow::Borrowed(name) = name else { return Err(unusual()) };
            members.span.next(text, name).ok_or_else(unusual)?;
            match name {
                name if name == envelope.id => once(&mut members.id, || map.next_value::<String>())?,
                name if name == envelope.event_type => {
                    once(&mut members.event_type, || map.next_value_seed(json::Name))?;
                }
                name if Some(name) == envelope.created_at => {
                    once(&mut members.created_at, || map.next_value_seed(Strictly::<Timestamp>::new(source)))?;
                }
                name if name == data => {
                    let event_type = members.event_type.as_deref().filter(|name| !name.is_empty());
                    let event_type = event_type.ok_or_else(unusual)?;
                    let reading = Payload { event_type, source, payload: PhantomData };
                    once(&mut members.payload, || map.next_value_seed(reading))?;
                    members.span.begin(text, name).ok_or_else(unusual)?;
                }
                _ => members.extra.push(name.to_owned(), map.next_value_seed(source)?),
            }
        }
        if members.id.as_deref().is_none_or(str::is_empty) { Err(unusual()) } else { Ok(()) }
    }
}

impl<P> Default for Members<'_, P> {
    fn default() -> Self {
        let (extra, span) = (Extra::default(), Span::default());
        Self { id: None, event_type: None, created_at: None, payload: None, extra, span }
    }
}

struct Payload<'a, P> {
    event_type: &'a str,
    source: Source<'a>,
    payload: PhantomData<P>,
}

impl<'de, P: JsonPayload> DeserializeSeed<'de> for Payload<'_, P> {
    type Value = P;

    fn deserialize<D: Deserializer<'de>>(self, data: D) -> Result<P, D::Error> {
        P::read(self.event_type, data, self.source)
    }
}

/// The position of the payload in the text: from the end of its name to the start of the next name. The typed reading
/// does not report it, and a second reading would cost as much as the first.
#[derive(Default)]
struct Span {
    begin: Option<usize>,
    end: Option<usize>,
}

impl Span {
    fn begin(&mut self, text: &str, name: &str) -> Option<()> {
        self.begin = Some(offset(text, name)?.checked_add(name.len())?);
        Some(())
    }

    fn next(&mut self, text: &str, name: &str) -> Option<()> {
        if self.begin.is_some() && self.end.is_none() {
            self.end = Some(offset(text, name)?);
        }
        Some(())
    }

    fn of<'a>(&self, text: &'a str) -> Option<&'a str> {
        let json = match self.end {
            Some(end) => text.get(self.begin?..end)?.strip_suffix('"')?.trim_ascii_end().strip_suffix(',')?,
            None => text.get(self.begin?..)?.trim_ascii_end().strip_suffix('}')?,
        };
        Some(json.strip_prefix('"')?.trim_ascii_start().strip_prefix(':')?.trim_ascii())
    }
}

/// Returns the offset of a part within its text.
fn offset(text: &str, part: &str) -> Option<usize> {
    part.as_ptr().addr().checked_sub(text.as_ptr().addr())
}

/// Refuses a repeated member. Its last occurrence counts, which only the tolerant reading implements.
fn once<T, E: Error>(place: &mut Option<T>, read: impl FnOnce() -> Result<T, E>) -> Result<(), E> {
    if place.is_some() {
        return Err(unusual());
    }
    *place = Some(read()?);
    Ok(())
}

fn unusual<E: Error>() -> E {
    E::custom("not as usual")
}
