//! What a signature header holds.

use std::fmt;

use crate::time::UnixTime;

/// How many `v1` items of one header count. A sender that rotates sends two or three; without a limit a header of
/// 64 KiB would buy a thousand comparisons.
pub(super) const CANDIDATES: usize = 8;

/// The most digits of `t`: enough for the next 30,000 years, and no sum with it can overflow.
const DIGITS: usize = 12;

/// A signature as it was read: nothing is proven yet.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub(super) signed_at: Option<SignedAt>,
    candidates: [[u8; 32]; CANDIDATES],
    count: usize,
}

/// The signed time: its text, which the MAC covers as received, and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct SignedAt {
    digits: [u8; DIGITS],
    length: usize,
    pub(super) time: UnixTime,
}

impl Signature {
    pub(super) const fn empty() -> Self {
        Self { signed_at: None, candidates: [[0; 32]; CANDIDATES], count: 0 }
    }

    pub(super) fn push(&mut self, mac: [u8; 32]) {
        if let Some(free) = self.candidates.get_mut(self.count) {
            *free = mac;
            self.count = self.count.saturating_add(1);
        }
    }

    pub(super) fn candidates(&self) -> &[[u8; 32]] {
        self.candidates.get(..self.count).unwrap_or_default()
    }
}

impl SignedAt {
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        // `str::parse` would take a sign, and the MAC covers the text, so that `+1` and `1` would be two signatures
        // of one moment.
        if !text.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut digits = [0; DIGITS];
        digits.get_mut(..text.len())?.copy_from_slice(text);
        let seconds = std::str::from_utf8(text).ok()?.parse().ok()?;
        Some(Self { digits, length: text.len(), time: UnixTime::from_secs(seconds) })
    }

    pub(super) fn text(&self) -> &[u8] {
        self.digits.get(..self.length).unwrap_or_default()
    }
}

/// What is wrong with the value of a signature header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureProblem {
    /// The value does not start with the sender's prefix.
    NoPrefix {
        /// The prefix.
        prefix: &'static str,
    },
    /// The signature is not 64 hexadecimal digits.
    NotHex,
    /// There is no `v1`.
    NoSignature,
    /// There is no `t`.
    NoTime,
    /// There is more than one `t`.
    RepeatedTime,
    /// `t` is not 1 to 12 digits.
    TimeNotDigits,
}

impl fmt::Display for SignatureProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrefix { prefix } => write!(f, "it does not start with `{prefix}`"),
            Self::NotHex => f.write_str("no signature in it is 64 hexadecimal digits"),
            Self::NoSignature => f.write_str("it has no `v1`"),
            Self::NoTime => f.write_str("it has no `t`"),
            Self::RepeatedTime => f.write_str("it has more than one `t`"),
            Self::TimeNotDigits => f.write_str("its `t` is not 1 to 12 digits"),
        }
    }
}
