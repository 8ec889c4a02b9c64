//! Unread members.

use std::fmt;

use super::RawJson;

/// The members of a JSON object that this version does not know: names and values, in the order of the body.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extra(Vec<(String, RawJson)>);

impl Extra {
    pub(crate) fn push(&mut self, name: String, value: RawJson) {
        self.0.push((name, value));
    }

    /// The value with this name; the last one if there are several.
    pub fn get(&self, name: &str) -> Option<&RawJson> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// All members.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Shows only names: values may be personal data.
impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
