//! A JSON object with the names of the form.

use std::{borrow::Cow, fmt};

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{BodyProblem, Fields};
use crate::body::json;

pub(super) fn read(body: &[u8], fields: &mut Fields<'_>) -> Result<(), BodyProblem> {
    let text = json::repair(body).map_or_else(|| String::from_utf8_lossy(body), Cow::Owned);
    let mut over = None;
    let mut document = serde_json::Deserializer::from_str(&text);
    let read = document.deserialize_map(Members { fields, over: &mut over }).and_then(|()| document.end());
    match over {
        Some(problem) => Err(problem),
        None if read.is_err() => Err(BodyProblem::BrokenForm),
        None => json::check_depth(&text),
    }
}

struct Members<'f, 'a> {
    fields: &'f mut Fields<'a>,
    over: &'f mut Option<BodyProblem>,
}

impl Members<'_, '_> {
    fn push(&mut self, name: String, value: String) {
        self.fields.push(Cow::Owned(name.into_bytes()), Cow::Owned(value.into_bytes()));
    }
}

impl<'de> Visitor<'de> for Members<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut members: M) -> Result<(), M::Error> {
        // Values stay raw until they are needed: skipping them neither recurses nor builds anything.
        while let Some((name, value)) = members.next_entry::<String, &RawValue>()? {
            if let Err(problem) = self.fields.count() {
                *self.over = Some(problem);
                return Err(serde::de::Error::custom("too many fields"));
            }
            match value.get() {
                "null" => self.fields.form.nulls.push(name.into_bytes()),
                // As a form writes it, so that a list under the token's name is not the token here either.
                list if list.starts_with(['[', '{']) => self.push(name + "[]", list.to_owned()),
                // A text is decoded; a number stays as it is written.
                plain => self.push(name, serde_json::from_str(plain).unwrap_or_else(|_| plain.to_owned())),
            }
        }
        Ok(())
    }
}
