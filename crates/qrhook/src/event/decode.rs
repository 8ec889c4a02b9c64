//! Reads an event from a verified body: in one pass if possible, otherwise tolerantly, or else after a repair.

use super::{
    Decoded, Envelope, JsonEvent, JsonPayload, Oddities, one_pass,
    tolerant::{self, BODY},
};
use crate::body::{self, BodyProblem, Content, json};

impl<P: JsonPayload> JsonEvent<P> {
    /// Reads an event from a verified body.
    ///
    /// # Errors
    ///
    /// [`BodyProblem`] when the body is not a JSON object, is nested too deeply, or has no usable id.
    pub fn decode(content: Content<'_>, envelope: &Envelope) -> Result<Decoded<Self>, BodyProblem> {
        // A form, from a token sender, contains no JSON.
        let Content::Body(body) = content else { return Err(BodyProblem::NotAnObject) };
        if let Ok(text) = std::str::from_utf8(body) {
            if let Some(event) = one_pass::read(text, body, envelope) {
                return Ok(Decoded { event, oddities: Oddities::default() });
            }
            let mut oddities = Oddities::default();
            if let Some(event) = tolerant::read(text, body, envelope, &mut oddities) {
                return Ok(Decoded { event: event?, oddities });
            }
        }
        let repaired = json::repair(body, "null").ok_or(BodyProblem::NotAnObject)?;
        let mut oddities = Oddities::default();
        if repaired.rewritten {
            oddities.note(BODY, "is not plain UTF-8 JSON and was repaired");
        }
        for (place, reason) in &repaired.missing {
            oddities.note(body::quote(place), *reason);
        }
        let event = tolerant::read(&repaired.text, body, envelope, &mut oddities);
        Ok(Decoded { event: event.ok_or(BodyProblem::NotAnObject)??, oddities })
    }
}
