//! The formats of a signature header's value, and reading each of them.

use super::{
    SignatureProblem, encoded,
    scheme::{Encoding, HmacScheme, SignatureFormat},
    signature::Signature,
    timestamped, versioned,
};

/// Reads the value of a signature header. This needs no secret, and compares nothing.
pub(super) fn read(value: &[u8], scheme: &HmacScheme) -> Result<Signature, SignatureProblem> {
    let (value, signature) = (value.trim_ascii(), Signature::empty(scheme.key));
    match scheme.format {
        SignatureFormat::Bare => bare(value, signature, scheme.encoding),
        SignatureFormat::Prefixed(prefix) => {
            let digits = value.strip_prefix(prefix.as_bytes()).ok_or(SignatureProblem::NoPrefix { prefix })?;
            bare(digits, signature, scheme.encoding)
        }
        SignatureFormat::Timestamped => timestamped::read(value, signature, scheme.encoding),
        SignatureFormat::Versioned(version) => versioned::read(value, version, signature, scheme.encoding),
    }
}

fn bare(text: &[u8], mut signature: Signature, encoding: Encoding) -> Result<Signature, SignatureProblem> {
    signature.push(encoded::decode(text, encoding).ok_or(SignatureProblem::not(encoding))?);
    Ok(signature)
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::{super::timestamped::CANDIDATES, *};

    const MAC: &str = "c264cc51c7b91f1679fdfc201bf1210fac1758f5310735eaa77c2042a4afba6a";

    fn scheme() -> HmacScheme {
        HmacScheme::new(HeaderName::from_static("x-signature"))
    }

    fn read(value: &str) -> Result<(i64, usize), SignatureProblem> {
        let signature = super::read(value.as_bytes(), &scheme().with_timestamp_item())?;
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
        let (bare, prefixed) = (|| scheme(), || scheme().with_prefix("sha256="));
        let cases = [
            (bare(), format!(" {MAC}\t"), None),
            (bare(), MAC.to_uppercase(), None),
            (bare(), format!("sha256={MAC}"), Some(SignatureProblem::NotHex)),
            (bare(), format!("{MAC}, {MAC}"), Some(SignatureProblem::NotHex)),
            (bare(), String::new(), Some(SignatureProblem::NotHex)),
            (prefixed(), format!("sha256={MAC}"), None),
            (prefixed(), format!("SHA256={MAC}"), Some(SignatureProblem::NoPrefix { prefix: "sha256=" })),
            (prefixed(), MAC.into(), Some(SignatureProblem::NoPrefix { prefix: "sha256=" })),
            (prefixed(), format!("sha256= {MAC}"), Some(SignatureProblem::NotHex)),
        ];
        for (scheme, value, expected) in cases {
            assert_eq!(super::read(value.as_bytes(), &scheme).err(), expected, "{value}");
        }
    }
}
