//! Parameters as they were sent.

use std::fmt;

/// The parameters of a form that this version does not know: names and values, in the order of the body.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FormExtra(Vec<(String, String)>);

impl FormExtra {
    pub(super) fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// The value with this name; the last one if there are several.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All parameters.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Shows only names: values may be personal data, such as further fields of a lead's form.
impl fmt::Debug for FormExtra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
