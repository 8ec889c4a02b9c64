//! Reading the value of a signature header. No secret is known here, and nothing is compared.

use std::fmt;

use super::{SignatureFormat, hex, timestamped};
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
    pub(super) fn read(format: SignatureFormat, value: &[u8]) -> Result<Self, SignatureProblem> {
        let value = value.trim_ascii();
        match format {
            SignatureFormat::Hex => Self::bare(value),
            SignatureFormat::PrefixedHex(prefix) => {
                let hex = value.strip_prefix(prefix.as_bytes()).ok_or(SignatureProblem::NoPrefix { prefix })?;
                Self::bare(hex)
            }
            SignatureFormat::Timestamped => timestamped::read(value),
        }
    }

    fn bare(hex: &[u8]) -> Result<Self, SignatureProblem> {
        let mut this = Self::empty();
        this.push(hex::decode(hex).ok_or(SignatureProblem::NotHex)?);
        Ok(this)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: &str = "c264cc51c7b91f1679fdfc201bf1210fac1758f5310735eaa77c2042a4afba6a";

    fn read(value: &str) -> Result<(i64, usize), SignatureProblem> {
        let signature = Signature::read(SignatureFormat::Timestamped, value.as_bytes())?;
        let signed_at = signature.signed_at.expect("a timestamped signature has a time");
        Ok((signed_at.time.as_secs(), signature.candidates().len()))
    }

    #[test]
    fn reads_a_timestamped_value() {
        let upper = MAC.to_uppercase();
        let cases = [
            (format!("t=1,v1={MAC}"), Ok((1, 1))),
            (format!(" t=1 ,\tv1={upper} "), Ok((1, 1))),
            (format!("v0=x,v1={MAC},flag,t=007,"), Ok((7, 1))),
            (format!("t=999999999999,v1={MAC},v1={MAC}"), Ok((999_999_999_999, 2))),
            (format!("t=1,v1=,v1=zz,v1={MAC}"), Ok((1, 1))),
            (format!("t=1{}", format!(",v1={MAC}").repeat(10_000)), Ok((1, CANDIDATES))),
            (format!("t=1{},v1={MAC}", ",v1=x".repeat(CANDIDATES)), Err(SignatureProblem::NotHex)),
            (format!("t=1,V1={MAC}"), Err(SignatureProblem::NoSignature)),
            (format!("t=1,v1 ={MAC}"), Err(SignatureProblem::NoSignature)),
            (format!("t=1,v1={MAC}0"), Err(SignatureProblem::NotHex)),
            (format!("t=1,v1=0x{}", &MAC[2..]), Err(SignatureProblem::NotHex)),
            (format!("t=1,v1=0x{MAC}"), Err(SignatureProblem::NotHex)),
            (format!("t=1,v1={}", &MAC[1..]), Err(SignatureProblem::NotHex)),
            ("t=1".into(), Err(SignatureProblem::NoSignature)),
            (format!("v1={MAC}"), Err(SignatureProblem::NoTime)),
            (format!("T=1,v1={MAC}"), Err(SignatureProblem::NoTime)),
            (format!("t=1,t=1,v1={MAC}"), Err(SignatureProblem::RepeatedTime)),
            (format!("t=,v1={MAC}"), Err(SignatureProblem::TimeNotDigits)),
            (format!("t=+1,v1={MAC}"), Err(SignatureProblem::TimeNotDigits)),
            (format!("t=-1,v1={MAC}"), Err(SignatureProblem::TimeNotDigits)),
            (format!("t=1.0,v1={MAC}"), Err(SignatureProblem::TimeNotDigits)),
            (format!("t=\u{661},v1={MAC}"), Err(SignatureProblem::TimeNotDigits)),
            (format!("t=1000000000000,v1={MAC}"), Err(SignatureProblem::TimeNotDigits)),
            (String::new(), Err(SignatureProblem::NoTime)),
        ];
        for (value, expected) in cases {
            let shown: String = value.chars().take(80).collect();
            assert_eq!(read(&value), expected, "{shown}");
        }
    }

    #[test]
    fn reads_bare_and_prefixed_hex() {
        let prefixed = SignatureFormat::PrefixedHex("sha256=");
        let cases = [
            (SignatureFormat::Hex, format!(" {MAC}\t"), None),
            (SignatureFormat::Hex, MAC.to_uppercase(), None),
            (SignatureFormat::Hex, format!("sha256={MAC}"), Some(SignatureProblem::NotHex)),
            (SignatureFormat::Hex, format!("{MAC}, {MAC}"), Some(SignatureProblem::NotHex)),
            (SignatureFormat::Hex, String::new(), Some(SignatureProblem::NotHex)),
            (prefixed, format!("sha256={MAC}"), None),
            (prefixed, format!("SHA256={MAC}"), Some(SignatureProblem::NoPrefix { prefix: "sha256=" })),
            (prefixed, MAC.into(), Some(SignatureProblem::NoPrefix { prefix: "sha256=" })),
            (prefixed, format!("sha256= {MAC}"), Some(SignatureProblem::NotHex)),
        ];
        for (format, value, expected) in cases {
            assert_eq!(Signature::read(format, value.as_bytes()).err(), expected, "{value}");
        }
    }
}
