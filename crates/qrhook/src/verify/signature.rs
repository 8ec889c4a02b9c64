//! The parsed content of a signature header.

use std::fmt;

use super::scheme::{Encoding, KeyForm};
use crate::time::UnixTime;

/// The most digits of `t`: enough for the next 30,000 years, and few enough that no sum with it can overflow.
const DIGITS: usize = 12;

/// A parsed signature. Nothing is proven yet.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub(super) key: KeyForm,
    /// The id of the event, if the MAC covers one.
    pub(super) id: Option<String>,
    pub(super) signed_at: Option<SignedAt>,
    first: Option<[u8; 32]>,
    // An array for all of them would be moved with every signature, although nearly every header has only one.
    others: Vec<[u8; 32]>,
}

/// The signed time: its text, which the MAC covers as received, and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct SignedAt {
    /// The digits, and the full stop that separates them from the body.
    text: [u8; DIGITS + 1],
    length: usize,
    pub(super) time: UnixTime,
}

impl Signature {
    pub(super) const fn empty(key: KeyForm) -> Self {
        Self { key, id: None, signed_at: None, first: None, others: Vec::new() }
    }

    pub(super) fn push(&mut self, mac: [u8; 32]) {
        match self.first {
            None => self.first = Some(mac),
            Some(_) => self.others.push(mac),
        }
    }

    pub(super) fn candidates(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.first.iter().chain(&self.others)
    }
}

impl SignedAt {
    /// `None` unless the text is 1 to [`DIGITS`] digits. A sign is not a digit: the MAC covers the text, so `+1` and
    /// `1` would give two signatures for one moment.
    pub(super) fn read(digits: &[u8]) -> Option<Self> {
        let length = digits.len();
        let mut text = [b'.'; DIGITS + 1];
        text[..DIGITS].get_mut(..length).filter(|_| length > 0)?.copy_from_slice(digits);
        let seconds = digits.iter().try_fold(0_i64, |seconds, &digit| {
            let value = digit.is_ascii_digit().then(|| i64::from(digit & 0xf))?;
            seconds.checked_mul(10)?.checked_add(value)
        })?;
        Some(Self { text, length, time: UnixTime::from_secs(seconds) })
    }

    /// Like [`read`](Self::read), but only for digits that are the number's usual form: `01` is not.
    pub(super) fn read_canonical(digits: &[u8]) -> Option<Self> {
        let is_canonical = digits.len() == 1 || digits.first() != Some(&b'0');
        Self::read(digits).filter(|_| is_canonical)
    }

    /// The bytes that the MAC covers before the body.
    pub(super) fn prefix(&self) -> &[u8] {
        self.text.get(..=self.length).unwrap_or_default()
    }
}

/// The defect in the value of a signature header.
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
    /// The signature is not 32 bytes in base64, with the standard alphabet and padding.
    NotBase64,
    /// There is no item of the version.
    NoVersion {
        /// The version.
        version: &'static str,
    },
    /// The header that belongs to the signature header is missing.
    HeaderMissing,
    /// The time in a header of its own is not a number of Unix seconds of 1 to 12 digits.
    TimeUnusable,
    /// The id in a header of its own is empty, longer than 256 bytes, not text, or contains a full stop.
    IdUnusable,
    /// There is no `v1`.
    NoSignature,
    /// There is no `t`.
    NoTime,
    /// There is more than one `t`.
    RepeatedTime,
    /// `t` is not 1 to 12 digits.
    TimeNotDigits,
}

impl SignatureProblem {
    /// The problem of a MAC that cannot be decoded.
    pub(super) const fn not(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Hex => Self::NotHex,
            Encoding::Base64 => Self::NotBase64,
        }
    }
}

impl fmt::Display for SignatureProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrefix { prefix } => write!(f, "it does not start with `{prefix}`"),
            Self::NotHex => f.write_str("no signature in it is 64 hexadecimal digits"),
            Self::NotBase64 => f.write_str("no signature in it is 32 bytes in base64"),
            Self::NoVersion { version } => write!(f, "it has no signature of the version `{version}`"),
            Self::HeaderMissing => f.write_str("it is missing"),
            Self::TimeUnusable => f.write_str("it is not a number of Unix seconds of 1 to 12 digits"),
            Self::IdUnusable => f.write_str("it is not text of 1 to 256 bytes without a full stop"),
            Self::NoSignature => f.write_str("it has no `v1`"),
            Self::NoTime => f.write_str("it has no `t`"),
            Self::RepeatedTime => f.write_str("it has more than one `t`"),
            Self::TimeNotDigits => f.write_str("its `t` is not 1 to 12 digits"),
        }
    }
}
