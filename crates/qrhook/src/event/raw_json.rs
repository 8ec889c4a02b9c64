//! JSON values, kept as they were sent.

use std::fmt;

use bytes::Bytes;
use serde::{
    Deserialize, Serialize, Serializer,
    de::{DeserializeSeed, Deserializer},
};
use serde_json::value::RawValue;

/// One JSON value as the sender wrote it: valid, at most 128 levels deep, and not parsed any further.
///
/// It is a slice of the request body if possible, so keeping one keeps the body in memory. `Debug` does not show it,
/// because payloads hold personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct RawJson(Bytes);

/// The body that is being read, so that a kept value can be a slice of it. As a seed, it reads a [`RawJson`].
#[derive(Clone, Copy)]
pub struct Source<'a>(&'a Bytes);

impl<'a> Source<'a> {
    pub(super) const fn new(body: &'a Bytes) -> Self {
        Self(body)
    }

    /// Keeps this value, which must be JSON.
    pub(super) fn keep(self, json: &str) -> RawJson {
        let json = json.as_bytes();
        // The value may come from a repaired copy of the body instead.
        let range = self.0.as_ptr_range();
        let inside = range.contains(&json.as_ptr()) && json.as_ptr_range().end <= range.end;
        RawJson(if inside { self.0.slice_ref(json) } else { Bytes::copy_from_slice(json) })
    }
}

impl<'de> DeserializeSeed<'de> for Source<'_> {
    type Value = RawJson;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<RawJson, D::Error> {
        Ok(self.keep(<&RawValue>::deserialize(value)?.get()))
    }
}

/// Shows only the length.
impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({} bytes)", self.0.len())
    }
}

impl RawJson {
    /// Returns the text as it was sent.
    pub fn as_str(&self) -> &str {
        // Checked when the body was read. An empty string is not JSON, so it cannot be mistaken for a value.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Parses the value into a type of your own.
    ///
    /// # Errors
    ///
    /// [`JsonError`] if the value does not fit the type. The error's source may quote the value, so take care where it
    /// is logged.
    pub fn parse<'de, T: Deserialize<'de>>(&'de self) -> Result<T, JsonError> {
        serde_json::from_str(self.as_str()).map_err(JsonError)
    }

    pub(super) fn raw(&self) -> Option<&RawValue> {
        serde_json::from_str(self.as_str()).ok()
    }

    pub(super) fn is_null(&self) -> bool {
        self.0 == "null"
    }

    /// The source for the values that are kept from this one.
    pub(super) const fn source(&self) -> Source<'_> {
        Source(&self.0)
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawJson({} bytes)", self.0.len())
    }
}

/// `serde_json` writes the value as it was sent. Other formats get the same as from `serde_json`'s own `RawValue`: a
/// struct with one field, named by `serde_json`, that holds the text. To write the plain text instead, use
/// [`as_str`](RawJson::as_str) in a `serialize_with` function.
impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.raw() {
            Some(raw) => raw.serialize(serializer),
            None => serializer.serialize_unit(),
        }
    }
}

/// The error for a JSON value that does not fit a type.
#[derive(Debug)]
pub struct JsonError(serde_json::Error);

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the JSON value does not fit the type")
    }
}

impl std::error::Error for JsonError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_test::{Token, assert_ser_tokens};

    use super::*;

    #[test]
    fn serde_json_writes_the_value_as_it_was_sent() {
        let text = r#"{"a": 1.50, "a": 18446744073709551616}"#;
        let raw = RawJson(Bytes::from_static(text.as_bytes()));
        assert_eq!(serde_json::to_string(&[&raw]).unwrap(), format!("[{text}]"));
    }

    #[test]
    fn another_format_gets_a_struct_that_holds_the_text() {
        let raw = RawJson(Bytes::from_static(b"[1, 2]"));
        let name = "$serde_json::private::RawValue";
        let expected = [Token::Struct { name, len: 1 }, Token::Str(name), Token::Str("[1, 2]"), Token::StructEnd];
        assert_ser_tokens(&raw, &expected);
    }
}
