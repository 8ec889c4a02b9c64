//! The language-neutral vectors, checked with the plain function.

use std::{collections::BTreeMap, fs, path::Path};

use qrhook::{
    Provider, Secret, Secrets, UnixTime,
    codeqr::CodeQr,
    neighbours::{CodeBox, Dub, JustScanIt, LinkShor, Qr3, QrLumo, ScanCue, Scribeless, ThreeQpr},
    qrplanet::QrPlanet,
    qrstudio::QrStudio,
    standardwebhooks::StandardWebhooks,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    sender: String,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    secrets: Vec<String>,
    now: i64,
    headers: Vec<(String, String)>,
    body: Option<String>,
    body_hex: Option<String>,
    verdict: Verdict,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Accepted {
        id: Option<String>,
        #[serde(rename = "type")]
        event_type: Option<String>,
        secret: usize,
        signed_at: Option<i64>,
    },
    Rejected(String),
}

impl Vector {
    fn body(&self) -> Vec<u8> {
        match (&self.body, &self.body_hex) {
            (Some(text), None) => text.as_bytes().to_vec(),
            (None, Some(hex)) => const_hex::decode(hex).unwrap(),
            _ => panic!("a vector has exactly one body: {}", self.name),
        }
    }

    fn verdict<P: Provider + Default>(&self) -> Verdict {
        let secrets = Secrets::new(self.secrets.iter().map(|text| Secret::new(text).unwrap())).unwrap();
        match qrhook::verify::<P>(&self.headers, self.body(), &secrets, UnixTime::from_secs(self.now)) {
            Ok(delivery) => Verdict::Accepted {
                id: delivery.id().map(str::to_owned),
                event_type: delivery.event_type().map(str::to_owned),
                secret: delivery.matched_secret().position,
                signed_at: delivery.signed_at().map(UnixTime::as_secs),
            },
            Err(error) => Verdict::Rejected(error.reason().to_owned()),
        }
    }
}

#[test]
fn every_vector_has_its_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let mut checked = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let file: File = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let sender = file.sender.as_str();
        assert_eq!(path.file_stem().unwrap(), sender);
        for vector in &file.vectors {
            assert_eq!(verdict(sender, vector), vector.verdict, "{sender}: {}", vector.name);
            *checked.entry(file.sender.clone()).or_insert(0_usize) += 1;
        }
    }
    assert_eq!(checked.len(), 13, "{checked:?}");
    assert_eq!(checked["standardwebhooks"], 37);
    assert!(checked.values().sum::<usize>() >= 200, "{checked:?}");
}

fn verdict(sender: &str, vector: &Vector) -> Verdict {
    match sender {
        "qrstudio" => vector.verdict::<QrStudio>(),
        "codeqr" => vector.verdict::<CodeQr>(),
        "qrplanet" => vector.verdict::<QrPlanet>(),
        "standardwebhooks" => vector.verdict::<StandardWebhooks>(),
        "dub" => vector.verdict::<Dub>(),
        "qr3" => vector.verdict::<Qr3>(),
        "qrlumo" => vector.verdict::<QrLumo>(),
        "3qpr" => vector.verdict::<ThreeQpr>(),
        "linkshor" => vector.verdict::<LinkShor>(),
        "scribeless" => vector.verdict::<Scribeless>(),
        "codebox" => vector.verdict::<CodeBox>(),
        "just-scan-it" => vector.verdict::<JustScanIt>(),
        "scancue" => vector.verdict::<ScanCue>(),
        other => panic!("{other} is not known"),
    }
}

/// The reference library signs for us.
#[test]
fn what_the_reference_library_signs_verifies() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let reference = standardwebhooks::Webhook::new(secret).unwrap();
    let now = UnixTime::now();
    for body in ["{}", r#"{"type":"order.paid","timestamp":"2026-05-09T14:01:23Z","data":{"ü":1.50}}"#] {
        let signature = reference.sign("msg_1", now.as_secs(), body.as_bytes()).unwrap();
        let time = now.to_string();
        for family in ["webhook", "svix"] {
            let header = |name: &str| format!("{family}-{name}");
            let headers = [
                (header("id"), "msg_1"),
                (header("timestamp"), time.as_str()),
                (header("signature"), signature.as_str()),
            ];
            let secrets = Secrets::one(secret).unwrap();
            let delivery = qrhook::verify::<StandardWebhooks>(headers, body, &secrets, now).unwrap();
            assert_eq!(delivery.id(), Some("msg_1"), "{body}");
        }
        // And what we sign verifies with it.
        let signed = qrhook::testing::sign_with_id::<StandardWebhooks>(secret, "msg_2", body, now);
        reference.verify(body.as_bytes(), &signed.headers).unwrap();
    }
}
