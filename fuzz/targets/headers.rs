//! Any signature headers, with a body whose signature is in the dictionary.
//!
//! The first byte chooses the sender. Each further line is one header line with that name.

#![no_main]

use http::HeaderName;
use libfuzzer_sys::fuzz_target;
use qrhook::{
    BodyProblem, Provider, Secrets, Verifier, VerifyError,
    codeqr::CodeQr,
    event::{Envelope, JsonEvent, Typed},
    provider::{Content, Decoded, HmacScheme, Scheme},
    qrstudio::QrStudio,
};
use qrhook_fuzz::{NOW, SECRET};

const BODY: &[u8] = br#"{"id":"evt_1","type":"t","event":"t"}"#;

/// The MACs of the body: with the time in front, and of the body alone.
/// `fuzz/corpus.py` computes them, and its seeds must be accepted.
const MAC_WITH_TIME: &str = "44d362a359be1d36a0295cbf2ef8ca7ecc22afb92fcb39fb9395fbedf2e0065d";
const MAC: &str = "574da47681104fd46b6ff54c415d5bf7f81e4835776b8950549773add286d027";

#[derive(Default)]
struct Prefixed;

impl Provider for Prefixed {
    type Event = JsonEvent<Typed<u8>>;

    fn name(&self) -> &'static str {
        "prefixed"
    }

    fn scheme(&self) -> Scheme {
        HmacScheme::new(HeaderName::from_static("x-signature")).with_prefix("sha256=").into()
    }

    fn decode(&self, content: Content<'_>) -> Result<Decoded<Self::Event>, BodyProblem> {
        JsonEvent::decode(content, &Envelope::new("id", "type"))
    }
}

fn check<P: Provider + Default>(header: &str, mac: &str, lines: &[&[u8]]) {
    let verifier = Verifier::<P>::new(Secrets::one(SECRET).expect("a usable secret"));
    let headers: Vec<(&str, &[u8])> = lines.iter().map(|line| (header, *line)).collect();
    match verifier.check(headers.as_slice(), BODY, NOW) {
        Ok(_) => {
            let [line] = lines else { panic!("accepted with {} headers", lines.len()) };
            let line = String::from_utf8_lossy(line).to_ascii_lowercase();
            assert!(line.contains(mac), "accepted without the MAC");
        }
        Err(VerifyError::RepeatedHeader { .. }) => assert!(lines.len() > 1),
        Err(VerifyError::MissingSignature { .. }) => assert!(lines.is_empty()),
        Err(
            VerifyError::MalformedSignature { .. }
            | VerifyError::SignatureMismatch
            | VerifyError::Stale { .. }
            | VerifyError::Future { .. },
        ) => assert_eq!(lines.len(), 1),
        Err(other) => panic!("a header cannot be the cause of this: {other}"),
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((sender, lines)) = data.split_first() else { return };
    let lines: Vec<&[u8]> = if lines.is_empty() { Vec::new() } else { lines.split(|byte| *byte == b'\n').collect() };
    match sender {
        b's' => check::<QrStudio>("x-qrstudio-signature", MAC_WITH_TIME, &lines),
        b'c' => check::<CodeQr>("codeqr-signature", MAC, &lines),
        _ => check::<Prefixed>("x-signature", MAC, &lines),
    }
});
