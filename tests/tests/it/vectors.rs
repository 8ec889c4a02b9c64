//! The language-neutral vectors, checked with the plain function.

use std::{fs, path::Path};

use qrhook::{Provider, Secret, Secrets, UnixTime, codeqr::CodeQr, qrplanet::QrPlanet, qrstudio::QrStudio};
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

    fn verdict<P: Provider>(&self) -> Verdict {
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
    let mut checked = 0;
    for sender in ["qrstudio", "codeqr", "qrplanet"] {
        let text = fs::read_to_string(folder.join(format!("{sender}.json"))).unwrap();
        let file: File = serde_json::from_str(&text).unwrap();
        assert_eq!(file.sender, sender);
        for vector in &file.vectors {
            let verdict = match sender {
                "qrstudio" => vector.verdict::<QrStudio>(),
                "codeqr" => vector.verdict::<CodeQr>(),
                _ => vector.verdict::<QrPlanet>(),
            };
            assert_eq!(verdict, vector.verdict, "{sender}: {}", vector.name);
            checked += 1;
        }
    }
    assert!(checked >= 100, "{checked} vectors");
}
