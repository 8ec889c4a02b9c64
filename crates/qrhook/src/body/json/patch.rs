//! A text with some places replaced, which is copied only when there is one.

pub(super) struct Patch<'t> {
    text: &'t str,
    /// How much of the text has been copied or replaced.
    done: usize,
    patched: String,
}

impl<'t> Patch<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, done: 0, patched: String::new() }
    }

    /// Leaves out this many bytes at the start of `rest`, the end of the text, for what is written to the result.
    pub(super) fn replace(&mut self, rest: &str, length: usize) -> &mut String {
        let at = self.text.len().saturating_sub(rest.len());
        if self.patched.capacity() == 0 {
            self.patched.reserve_exact(self.text.len());
        }
        self.patched.push_str(self.text.get(self.done..at).unwrap_or_default());
        self.done = at.saturating_add(length);
        &mut self.patched
    }

    /// The text, if anything was replaced.
    pub(super) fn finish(mut self) -> Option<String> {
        if self.done == 0 {
            return None;
        }
        self.patched.push_str(self.text.get(self.done..).unwrap_or_default());
        Some(self.patched)
    }
}
