//! The payload of a JSON event.

use std::{convert::Infallible, fmt, marker::PhantomData};

use serde::de::{Deserializer, Error};

use super::{Oddities, RawJson, Scan, Source, object::Object, read_field::Value};

pub(super) const MISSING: &str = "is missing";

/// The payload of a JSON sender's events.
pub trait JsonPayload: fmt::Debug + Send + Sync + Sized + 'static {
    /// Reads the payload of an event of this type. This cannot fail: anything unreadable is noted as an oddity.
    ///
    /// `at` is the name of the member that holds the data. The field of an [`Oddity`](super::Oddity) begins with it.
    fn decode(event_type: Option<String>, data: Option<&RawJson>, at: &str, oddities: &mut Oddities) -> Self;

    /// Reads the payload in the same pass as the envelope around it, if nothing in it is odd. The result is then the
    /// same as that of [`decode`](Self::decode).
    ///
    /// # Errors
    ///
    /// An error for anything that could be odd. The event is then read again, and `decode` notes the oddities.
    fn read<'de, D: Deserializer<'de>>(event_type: &str, data: D, source: Source<'_>) -> Result<Self, D::Error> {
        let _ = (event_type, data, source);
        Err(D::Error::custom("the payload is not read in one pass"))
    }

    /// Returns the type on the wire; `None` if the event had none.
    fn event_type(&self) -> Option<&str>;

    /// Returns the type if this version knows it, for uses that must be bounded, such as the label of a metric.
    ///
    /// `None` means that the type is unknown, which the receiver logs. The default is for a sender whose types are not
    /// listed anywhere: it returns `other` for all of them.
    fn known_type(&self) -> Option<&'static str> {
        Some("other")
    }

    /// Returns the common view of a scan; `None` if this is not a scan.
    fn scan(&self) -> Option<Scan<'_>> {
        None
    }
}

/// The data of an event, so that one table of payloads serves both ways of reading.
pub(crate) trait Data: Sized {
    type Error;

    fn read<T: Value + Default>(self) -> Result<T, Self::Error>;

    /// Reads an object, or the object that it holds under this name. Unknown members next to the nested one become its
    /// own, and `beside` merges the known ones.
    fn read_nested<T: Object>(self, name: &str, beside: fn(&mut T, T)) -> Result<Box<T>, Self::Error>;

    fn keep(self) -> Result<Option<RawJson>, Self::Error>;
}

/// Data that is read in the same pass as the envelope.
pub(crate) struct InPass<'de, 's, D> {
    data: D,
    source: Source<'s>,
    text: PhantomData<&'de str>,
}

impl<'s, D> InPass<'_, 's, D> {
    pub(crate) const fn new(data: D, source: Source<'s>) -> Self {
        Self { data, source, text: PhantomData }
    }
}

impl<'de, D: Deserializer<'de>> Data for InPass<'de, '_, D> {
    type Error = D::Error;

    fn read<T: Value + Default>(self) -> Result<T, D::Error> {
        T::strict(self.data, self.source)?.ok_or_else(|| D::Error::custom(MISSING))
    }

    fn read_nested<T: Object>(self, name: &str, _: fn(&mut T, T)) -> Result<Box<T>, D::Error> {
        let mut object = Box::<T>::default();
        let read = object.read_nested(name, self.data, self.source)?;
        if read { Ok(object) } else { Err(D::Error::custom(MISSING)) }
    }

    fn keep(self) -> Result<Option<RawJson>, D::Error> {
        let json = RawJson::strict(self.data, self.source)?;
        json.map(Some).ok_or_else(|| D::Error::custom(MISSING))
    }
}

/// Data that is read tolerantly and never refused: at worst, all of it is missing and noted.
pub(crate) struct Tolerantly<'a> {
    pub(crate) data: Option<&'a RawJson>,
    pub(crate) at: &'a str,
    pub(crate) oddities: &'a mut Oddities,
}

impl Tolerantly<'_> {
    fn read_at<T: Value>(json: &RawJson, at: &str, oddities: &mut Oddities) -> Option<T> {
        T::tolerant(json.raw()?, at, json.source(), oddities)
    }

    fn read_or_default<T: Value + Default>(&mut self) -> T {
        match self.data.filter(|data| !data.is_null()) {
            Some(data) => Self::read_at(data, self.at, self.oddities).unwrap_or_default(),
            None => {
                self.oddities.note(self.at, MISSING);
                T::default()
            }
        }
    }
}

impl Data for Tolerantly<'_> {
    type Error = Infallible;

    fn read<T: Value + Default>(mut self) -> Result<T, Infallible> {
        Ok(self.read_or_default())
    }

    fn read_nested<T: Object>(mut self, name: &str, beside: fn(&mut T, T)) -> Result<Box<T>, Infallible> {
        let flat: Box<T> = self.read_or_default();
        // To the flat reading, a nested object is an unknown member, which it keeps unparsed.
        let nested = flat.extra().get(name);
        let nested = nested.and_then(|json| Self::read_at(json, &format!("{}.{name}", self.at), self.oddities));
        let Some(mut nested): Option<Box<T>> = nested else { return Ok(flat) };
        for (member, value) in flat.extra().iter().filter(|(member, _)| *member != name) {
            nested.keep(member.to_owned(), value.clone());
        }
        beside(&mut nested, *flat);
        Ok(nested)
    }

    fn keep(self) -> Result<Option<RawJson>, Infallible> {
        Ok(self.data.cloned())
    }
}
