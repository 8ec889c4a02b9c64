//! An event whose members are found by JSON pointers.

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use serde_json::value::RawValue;

use super::{
    Decoded, Identity, JsonPayload, Oddities, RawJson, Scan, Source, Untyped, WebhookEvent, payload::MISSING,
    tolerant::BODY,
};
use crate::{
    body::{self, BodyProblem, Content, json},
    time::Timestamp,
};

/// The places of an event's parts in a JSON body, as [JSON pointers](https://www.rfc-editor.org/rfc/rfc6901).
///
/// Each begins with a slash; another text is a mistake in the program, and panics. In a constant, it does not compile.
///
/// # Example
///
/// ```
/// use qrhook::event::Layout;
///
/// const LAYOUT: Layout =
///     Layout::new().with_id("/id").with_type("/type").with_created_at("/created_at").with_data("/data");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use]
pub struct Layout {
    id: Option<&'static str>,
    event_type: Option<&'static str>,
    created_at: Option<&'static str>,
    data: Option<&'static str>,
    discriminators: &'static [&'static str],
}

impl Layout {
    /// An event without an id, a type and a time, whose data is the whole body.
    pub const fn new() -> Self {
        Self { id: None, event_type: None, created_at: None, data: None, discriminators: &[] }
    }

    /// The id, by which events are deduplicated. One that is missing in a body is noted as an oddity, and that event is
    /// not deduplicated.
    pub const fn with_id(mut self, pointer: &'static str) -> Self {
        self.id = Some(checked(pointer));
        self
    }

    /// The type.
    pub const fn with_type(mut self, pointer: &'static str) -> Self {
        self.event_type = Some(checked(pointer));
        self
    }

    /// The creation time.
    pub const fn with_created_at(mut self, pointer: &'static str) -> Self {
        self.created_at = Some(checked(pointer));
        self
    }

    /// The members that together tell any two events apart, such as a code and its running counter, for a sender without
    /// ids. An event that has all of them is deduplicated by its whole body.
    ///
    /// Without them, two clicks within a second may look the same as one click that was sent twice, so events without
    /// an id are not deduplicated.
    pub const fn with_discriminators(mut self, pointers: &'static [&'static str]) -> Self {
        let mut rest = pointers;
        while let [pointer, more @ ..] = rest {
            let _ = checked(pointer);
            rest = more;
        }
        self.discriminators = pointers;
        self
    }

    /// The data. Without it, the data is the whole body.
    pub const fn with_data(mut self, pointer: &'static str) -> Self {
        self.data = Some(checked(pointer));
        self
    }
}

/// An event whose parts stand where a [`Layout`] says, and a payload of the sender's own type.
///
/// Without a type of its own, the payload is [`Untyped`], and the data is there for you to parse. `Debug` does not show
/// the data.
///
/// # Example
///
/// A payload of your own type:
///
/// ```
/// use bytes::Bytes;
/// use qrhook::event::{Layout, PlainEvent, Typed};
/// use qrhook::provider::Content;
///
/// #[derive(serde::Deserialize)]
/// struct Order {
///     total: u64,
/// }
///
/// const LAYOUT: Layout = Layout::new().with_id("/meta/id").with_type("/meta/type").with_data("/order");
///
/// let body = Bytes::from(r#"{"meta":{"id":"1","type":"order.paid"},"order":{"total":1200}}"#);
/// let event = PlainEvent::<Typed<Order>>::decode(Content::Body(&body), &LAYOUT)?.event;
/// assert_eq!(event.id.as_deref(), Some("1"));
/// assert_eq!(event.payload.data.as_ref().map(|order| order.total), Some(1200));
/// # Ok::<(), qrhook::BodyProblem>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct PlainEvent<P = Untyped> {
    /// The id in the body. `None` if the sender has none, or has it in a header: [`Delivery::id`](crate::Delivery::id)
    /// returns either. A number is kept as its digits.
    pub id: Option<String>,
    /// The type; `None` if the event has none.
    pub event_type: Option<String>,
    /// The creation time of the event, not of this delivery.
    pub created_at: Option<Timestamp>,
    /// The payload, by the type of the event.
    pub payload: P,
    /// The data, unparsed; `None` if the event has none. [`RawJson::parse`] reads it into a type of your own.
    pub data: Option<RawJson>,
    /// Whether the members of [`Layout::with_discriminators`] are all there.
    is_discriminated: bool,
}

impl<P: JsonPayload> PlainEvent<P> {
    /// Reads an event from a verified body.
    ///
    /// # Errors
    ///
    /// [`BodyProblem`] when the body is not a JSON object, or is nested too deeply.
    pub fn decode(content: Content<'_>, layout: &Layout) -> Result<Decoded<Self>, BodyProblem> {
        let Content::Body(body) = content else { return Err(BodyProblem::NotAnObject) };
        let mut oddities = Oddities::default();
        let repaired;
        let root = match std::str::from_utf8(body).ok().and_then(Root::of) {
            Some(root) => root,
            None => {
                repaired = json::repair(body, "null").ok_or(BodyProblem::NotAnObject)?;
                oddities.note(BODY, "is not plain UTF-8 JSON and was repaired");
                for (place, reason) in &repaired.missing {
                    oddities.note(body::quote(place), *reason);
                }
                Root::of(&repaired.text).ok_or(BodyProblem::NotAnObject)?
            }
        };
        json::check_depth(root.text)?;
        let event = Self::read(&root, body, layout, &mut oddities);
        Ok(Decoded::new(event, oddities))
    }

    fn read(root: &Root<'_>, body: &Bytes, layout: &Layout, oddities: &mut Oddities) -> Self {
        let mut text = |pointer: Option<&'static str>| {
            let pointer = pointer?;
            let value = root.find(pointer)?;
            let text = json::text(value).map(Cow::into_owned).filter(|text| !text.is_empty());
            let text = text.or_else(|| is_whole_number(value).then(|| value.to_owned()));
            if text.is_none() {
                oddities.note(pointer, "is not a string or a whole number that can be used");
            }
            text
        };
        let (id, event_type) = (text(layout.id), text(layout.event_type));
        let created_at = text(layout.created_at).map(Timestamp::from_text);
        // Without its id, the event cannot be deduplicated. Anything else may be left out.
        if let Some(pointer) = layout.id.filter(|pointer| root.find(pointer).is_none()) {
            oddities.note(pointer, MISSING);
        }
        let data = match layout.data {
            Some(pointer) => root.find(pointer),
            None => Some(root.text),
        };
        let is_there = |pointer: &&str| root.find(pointer).is_some_and(|value| value != "null");
        let is_discriminated = !layout.discriminators.is_empty() && layout.discriminators.iter().all(is_there);
        let data = data.map(|json| Source::new(body).keep(json));
        let payload = P::decode(event_type.clone(), data.as_ref(), &place(layout.data), oddities);
        Self { id, event_type, created_at, payload, data, is_discriminated }
    }
}

/// The name of the data in the fields of oddities: the names in its pointer with dots between them, as in the other
/// fields of an [`Oddity`](super::Oddity).
fn place(pointer: Option<&str>) -> String {
    match pointer.and_then(|pointer| pointer.strip_prefix('/')) {
        Some(names) => names.split('/').map(unescaped).collect::<Vec<_>>().join("."),
        None => BODY.to_owned(),
    }
}

/// A name in a pointer, without the escapes.
fn unescaped(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

/// The longest number that is used as an id or a time, in digits: that of an integer of 128 bits.
const LONGEST_NUMBER: usize = 39;

fn is_whole_number(json: &str) -> bool {
    json.len() <= LONGEST_NUMBER && !json.is_empty() && json.bytes().all(|byte| byte.is_ascii_digit())
}

/// A pointer that begins with a slash.
const fn checked(pointer: &'static str) -> &'static str {
    assert!(matches!(pointer.as_bytes(), [b'/', ..]), "a JSON pointer begins with a slash");
    pointer
}

/// The whole body: an object.
struct Root<'a> {
    text: &'a str,
    members: Members<'a>,
}

/// The members of an object.
type Members<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

impl<'a> Root<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let text = text.trim();
        Some(Self { text, members: json::members(text)? })
    }

    /// The value at this pointer, as it was sent.
    fn find(&self, pointer: &str) -> Option<&'a str> {
        let mut names = pointer.split('/').skip(1).map(unescaped);
        let mut json = member(&self.members, &names.next()?)?;
        for name in names {
            json = match json::members(json) {
                Some(members) => member(&members, &name)?,
                None => json::element(json, index(&name)?)?,
            };
        }
        Some(json)
    }
}

/// The member of this name. If it is repeated, the last one counts.
fn member<'a>(members: &Members<'a>, name: &str) -> Option<&'a str> {
    members.iter().rfind(|(member, _)| member == name).map(|(_, value)| value.get())
}

/// A position in an array: digits without leading zeros.
fn index(name: &str) -> Option<usize> {
    let is_index = name == "0" || !name.starts_with('0');
    name.parse().ok().filter(|_| is_index && name.bytes().all(|byte| byte.is_ascii_digit()))
}

impl<P: JsonPayload> WebhookEvent for PlainEvent<P> {
    fn identity(&self) -> Identity<'_> {
        match &self.id {
            Some(id) => Identity::Id(id),
            None => Identity::Content { discriminated: self.is_discriminated },
        }
    }

    fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }

    fn known_type(&self) -> Option<&'static str> {
        self.payload.known_type()
    }

    fn created_at(&self) -> Option<&Timestamp> {
        self.created_at.as_ref()
    }

    fn scan(&self) -> Option<Scan<'_>> {
        let mut scan = self.payload.scan()?;
        scan.time = scan.time.or(self.created_at.as_ref());
        Some(scan)
    }
}

impl<P: fmt::Debug> fmt::Debug for PlainEvent<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlainEvent")
            .field("id", &self.id)
            .field("event_type", &self.event_type)
            .field("created_at", &self.created_at)
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}
