//! The members of a JSON object, with unparsed values.

use std::{borrow::Cow, fmt, ops::ControlFlow};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object, with unparsed values.
pub(crate) fn members<'de>(text: &'de str) -> Option<Vec<(Cow<'de, str>, &'de RawValue)>> {
    let mut members = Vec::new();
    let read = read_members(text, |name, value| {
        members.push((name, value));
        ControlFlow::Continue(())
    });
    read.ok()?;
    Some(members)
}

/// Calls `each` for every member of an object, which must be the whole text. If `each` breaks, the result is an error.
pub(crate) fn read_members<'de>(
    text: &'de str,
    each: impl FnMut(Cow<'de, str>, &'de RawValue) -> ControlFlow<()>,
) -> serde_json::Result<()> {
    let mut document = serde_json::Deserializer::from_str(text);
    document.deserialize_map(Members(each))?;
    document.end()
}

/// Decodes a JSON string. The result is borrowed if the string has no escapes.
pub(crate) fn text(json: &str) -> Option<Cow<'_, str>> {
    Name.deserialize(&mut serde_json::Deserializer::from_str(json)).ok()
}

struct Members<F>(F);

impl<'de, F: FnMut(Cow<'de, str>, &'de RawValue) -> ControlFlow<()>> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut members: M) -> Result<(), M::Error> {
        while let Some(name) = members.next_key_seed(Name)? {
            if (self.0)(name, members.next_value()?).is_break() {
                return Err(serde::de::Error::custom("not read any further"));
            }
        }
        Ok(())
    }
}

/// Deserialises a member's name or a string, borrowed if it has no escapes.
pub(crate) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
