//! Unknown members, kept unparsed.

use std::fmt;

use super::RawJson;

/// The unknown members of a JSON object: names and values, in body order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extra(Vec<(String, RawJson)>);

impl Extra {
    pub(crate) fn push(&mut self, name: String, value: RawJson) {
        self.0.push((name, value));
    }

    /// Returns the value of this member; the last one if it is repeated.
    pub fn get(&self, name: &str) -> Option<&RawJson> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Iterates over all of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Shows names only: values may be personal data.
impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
