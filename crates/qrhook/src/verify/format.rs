//! The formats of a signature header's value, and reading each of them.

use super::{SignatureProblem, hex, signature::Signature, timestamped};

/// The format of a signature header's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureFormat {
    /// 64 hexadecimal digits: the MAC of the raw body.
    Hex,
    /// The same digits after a fixed prefix, such as `sha256=`.
    PrefixedHex(&'static str),
    /// `t=<seconds>,v1=<hex>`: the MAC of the text of `t`, a full stop and the raw body. A header may hold several `v1`
    /// items, and items with other names are ignored.
    Timestamped,
}

impl SignatureFormat {
    /// Whether the signature covers a time, to which a [window](super::Window) then applies.
    pub(crate) const fn signs_time(self) -> bool {
        matches!(self, Self::Timestamped)
    }

    /// Reads the value of a signature header. This needs no secret, and compares nothing.
    pub(super) fn read(self, value: &[u8]) -> Result<Signature, SignatureProblem> {
        let value = value.trim_ascii();
        match self {
            Self::Hex => bare(value),
            Self::PrefixedHex(prefix) => {
                bare(value.strip_prefix(prefix.as_bytes()).ok_or(SignatureProblem::NoPrefix { prefix })?)
            }
            Self::Timestamped => timestamped::read(value),
        }
    }
}

fn bare(digits: &[u8]) -> Result<Signature, SignatureProblem> {
    let mut signature = Signature::empty();
    signature.push(hex::decode(digits).ok_or(SignatureProblem::NotHex)?);
    Ok(signature)
}

#[cfg(test)]
mod tests {
    use super::{super::signature::CANDIDATES, *};

    const MAC: &str = "c264cc51c7b91f1679fdfc201bf1210fac1758f5310735eaa77c2042a4afba6a";

    fn read(value: &str) -> Result<(i64, usize), SignatureProblem> {
        let signature = SignatureFormat::Timestamped.read(value.as_bytes())?;
        let signed_at = signature.signed_at.expect("a timestamped signature has a time");
        Ok((signed_at.time.as_secs(), signature.candidates().count()))
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
            assert_eq!(format.read(value.as_bytes()).err(), expected, "{value}");
        }
    }
}
