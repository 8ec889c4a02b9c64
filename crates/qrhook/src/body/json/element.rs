//! One element of a JSON array, unparsed.

use std::fmt;

use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The element at this position of an array. The others are not kept, because there may be millions.
pub(crate) fn element(text: &str, index: usize) -> Option<&str> {
    let mut found = None;
    // An error ends the reading at the element.
    let _ = serde_json::Deserializer::from_str(text).deserialize_seq(Elements { left: index, found: &mut found });
    found.map(RawValue::get)
}

struct Elements<'a, 'de> {
    left: usize,
    found: &'a mut Option<&'de RawValue>,
}

impl<'de> Visitor<'de> for Elements<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<S: SeqAccess<'de>>(mut self, mut elements: S) -> Result<(), S::Error> {
        while let Some(element) = elements.next_element()? {
            match self.left.checked_sub(1) {
                Some(left) => self.left = left,
                None => {
                    *self.found = Some(element);
                    return Err(S::Error::custom("not read any further"));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_found_by_its_position() {
        let array = r#"[1, {"a": [2]}, "x"]"#;
        let at = |index| element(array, index);
        assert_eq!([at(0), at(1), at(2), at(3)], [Some("1"), Some(r#"{"a": [2]}"#), Some("\"x\""), None]);
        for other in ["{}", "7", "[]", ""] {
            assert_eq!(element(other, 0), None, "{other}");
        }
    }
}
