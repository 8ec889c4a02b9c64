//! A form sent as a JSON object: its members are the fields.

use std::{borrow::Cow, ops::ControlFlow};

use serde_json::value::RawValue;

use super::Fields;
use crate::body::{BodyProblem, json};

pub(super) fn read<'a>(body: &'a [u8], fields: &mut Fields<'a>) -> Result<(), BodyProblem> {
    if let Ok(text) = std::str::from_utf8(body) {
        let outcome = read_text(text, fields, |text| text);
        if outcome != Err(BodyProblem::BrokenForm) {
            return outcome;
        }
    }
    // An empty string replaces a number that JSON cannot write: the value is gone, but the field is still there.
    let Some(repaired) = json::repair(body, r#""""#) else { return Err(BodyProblem::BrokenForm) };
    fields.restart();
    for (place, reason) in repaired.missing {
        fields.note(place.into_bytes().into(), reason);
    }
    read_text(&repaired.text, fields, |text| Cow::Owned(text.into_owned()))
}

fn read_text<'t, 'a>(
    text: &'t str,
    fields: &mut Fields<'a>,
    keep: impl Fn(Cow<'t, [u8]>) -> Cow<'a, [u8]>,
) -> Result<(), BodyProblem> {
    let mut within = Ok(());
    let read = json::read_members(text, |name, value| {
        within = fields.count();
        if within.is_err() {
            return ControlFlow::Break(());
        }
        match value.get() {
            "null" => fields.form.nulls.push(keep(bytes(name))),
            // Named `name[]`, as in a url-encoded form, where a list under the token's name is not the token either.
            list if list.starts_with(['[', '{']) => {
                fields.push(keep([name.as_bytes(), b"[]"].concat().into()), keep(list.as_bytes().into()));
            }
            _ => fields.push(keep(bytes(name)), keep(bytes(scalar(value)))),
        }
        ControlFlow::Continue(())
    });
    within?;
    read.map_err(|_| BodyProblem::BrokenForm)?;
    json::check_depth(text)
}

/// Decodes a string; keeps any other value as it is written.
fn scalar(value: &RawValue) -> Cow<'_, str> {
    let json = value.get();
    if !json.starts_with('"') {
        return json.into();
    }
    json::text(json).unwrap_or_else(|| {
        let repaired = json::replace_lone_surrogates(json).and_then(|json| json::text(&json).map(Cow::into_owned));
        repaired.map_or_else(|| json.into(), Cow::Owned)
    })
}

fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}
