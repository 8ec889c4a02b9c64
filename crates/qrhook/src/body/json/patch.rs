//! Replacing parts of a string, which is copied only when something is replaced.

pub(super) struct Patch<'t> {
    text: &'t str,
    /// The number of bytes that have been copied or replaced.
    done: usize,
    patched: String,
}

impl<'t> Patch<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, done: 0, patched: String::new() }
    }

    /// Leaves out `length` bytes at the start of `rest`, which must be a suffix of the text. Write the replacement to
    /// the returned string.
    pub(super) fn replace(&mut self, rest: &str, length: usize) -> &mut String {
        let at = self.text.len().saturating_sub(rest.len());
        if self.patched.capacity() == 0 {
            self.patched.reserve_exact(self.text.len());
        }
        self.patched.push_str(self.text.get(self.done..at).unwrap_or_default());
        self.done = at.saturating_add(length);
        &mut self.patched
    }

    /// The patched text, or `None` if nothing was replaced.
    pub(super) fn finish(mut self) -> Option<String> {
        if self.done == 0 {
            return None;
        }
        self.patched.push_str(self.text.get(self.done..).unwrap_or_default());
        Some(self.patched)
    }
}
