//! Unknown parameters, kept as they were sent.

use std::fmt;

/// The unknown parameters of a form: names and values, in body order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FormExtra(Vec<(String, String)>);

impl FormExtra {
    pub(super) fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// Returns the value of this parameter; the last one if it is repeated.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Iterates over all of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Shows names only: values may be personal data, such as the further fields of a lead's form.
impl fmt::Debug for FormExtra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
