//! Laws that hold for any secret, any body and any time.

use std::fmt::Debug;

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use qrhook::{
    Delivery, MemoryStore, Provider, Receiver, Rejection, Secret, Secrets, UnixTime, VerifyError, WebhookEvent,
    codeqr::CodeQr,
    qrplanet::QrPlanet,
    qrstudio::QrStudio,
    receiver::{
        ContentDedupe,
        adapter::{Answer, Handled, accept},
    },
    testing::{SignedRequest, sign},
    verify::Head,
};

const SEED: [u8; 32] = [11; 32];

/// Checks a law on these inputs. A failure shows the smallest input and the seed.
fn law<T: Debug>(cases: u32, inputs: impl Strategy<Value = T>, check: impl Fn(T) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &SEED));
    runner.run(&inputs, check).unwrap_or_else(|failure| panic!("with the seed {SEED:?}: {failure}"));
}

/// A secret that is usable: without white space around it.
fn secret() -> impl Strategy<Value = String> {
    "[!-~&&[^'\"`=*.]]{1,80}".prop_filter("a usable secret", |secret| Secrets::one(secret).is_ok())
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![prop::collection::vec(any::<u8>(), 0..300), "\\PC{0,100}".prop_map(String::into_bytes)]
}

fn time() -> impl Strategy<Value = UnixTime> {
    (0_i64..1_000_000_000_000).prop_map(UnixTime::from_secs)
}

fn verify<P: Provider + Default>(
    request: &SignedRequest,
    secret: &str,
    now: UnixTime,
) -> Result<Delivery<P>, VerifyError> {
    qrhook::verify::<P>(&request.headers, request.body.clone(), &Secrets::one(secret).unwrap(), now)
}

/// Whether the request was proven: its content may still be unusable.
fn is_proven<T>(verdict: &Result<T, VerifyError>) -> bool {
    matches!(verdict, Ok(_) | Err(VerifyError::UnusableBody(_)))
}

fn signed_is_proven<P: Provider + Default>() {
    law(500, (secret(), body(), time()), |(secret, body, now)| {
        let verdict = verify::<P>(&sign::<P>(&secret, body, now), &secret, now);
        prop_assert!(is_proven(&verdict), "{:?}", verdict.err());
        Ok(())
    });
}

#[test]
fn what_is_signed_is_proven() {
    signed_is_proven::<QrStudio>();
    signed_is_proven::<CodeQr>();
    signed_is_proven::<QrPlanet>();
}

fn another_secret_proves_nothing<P: Provider + Default>(expected: VerifyError) {
    law(300, (secret(), secret(), body(), time()), |(secret, other, body, now)| {
        prop_assume!(secret != other);
        let verdict = verify::<P>(&sign::<P>(&secret, body, now), &other, now);
        prop_assert_eq!(verdict.map(drop), Err(expected.clone()));
        Ok(())
    });
}

#[test]
fn what_another_secret_signed_is_refused() {
    another_secret_proves_nothing::<QrStudio>(VerifyError::SignatureMismatch);
    another_secret_proves_nothing::<CodeQr>(VerifyError::SignatureMismatch);
    another_secret_proves_nothing::<QrPlanet>(VerifyError::TokenMismatch { field: "secrettoken" });
}

fn flipped(bytes: &[u8], bit: prop::sample::Index) -> Vec<u8> {
    let bit = bit.index(bytes.len() * 8);
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

fn a_bit_of_the_body_counts<P: Provider + Default>() {
    let bodies = body().prop_filter("not empty", |body| !body.is_empty());
    law(500, (secret(), bodies, time(), any::<prop::sample::Index>()), |(secret, body, now, bit)| {
        let mut request = sign::<P>(&secret, body.clone(), now);
        request.body = flipped(&body, bit).into();
        prop_assert_eq!(verify::<P>(&request, &secret, now).map(drop), Err(VerifyError::SignatureMismatch));
        Ok(())
    });
}

#[test]
fn a_body_with_one_bit_changed_is_refused() {
    a_bit_of_the_body_counts::<QrStudio>();
    a_bit_of_the_body_counts::<CodeQr>();
}

/// The value of the signature header with one bit of it changed. `None` if a header cannot hold it.
fn with_changed_signature<P: Provider + Default>(
    secret: &str,
    body: &[u8],
    now: UnixTime,
    bit: prop::sample::Index,
) -> Option<(String, Vec<u8>)> {
    let request = sign::<P>(secret, body.to_vec(), now);
    let (_, value) = request.headers.iter().find(|(name, _)| name.as_str().ends_with("signature")).unwrap();
    let value = value.as_bytes();
    Some((String::from_utf8(value.to_vec()).unwrap(), flipped(value, bit)))
}

#[test]
fn a_signature_with_one_bit_changed_is_refused_unless_it_says_the_same() {
    law(2000, (secret(), body(), time(), any::<prop::sample::Index>()), |(secret, body, now, bit)| {
        let secrets = Secrets::one(&secret).unwrap();
        for studio in [true, false] {
            let changed = if studio {
                with_changed_signature::<QrStudio>(&secret, &body, now, bit)
            } else {
                with_changed_signature::<CodeQr>(&secret, &body, now, bit)
            };
            let (original, changed) = changed.unwrap();
            let verdict = if studio {
                let headers = [("x-qrstudio-signature", &changed)];
                qrhook::Verifier::<QrStudio>::new(secrets.clone())
                    .with_insecure_unlimited_age()
                    .check(headers, &body, now)
            } else {
                let headers = [("codeqr-signature", &changed)];
                qrhook::Verifier::<CodeQr>::new(secrets.clone()).check(headers, &body, now)
            };
            // A digit of hex in upper case is the same digit.
            let text = String::from_utf8_lossy(&changed);
            let names_kept = !studio || (text.starts_with("t=") && text.contains(",v1="));
            let same = changed.eq_ignore_ascii_case(original.as_bytes()) && names_kept;
            prop_assert_eq!(verdict.is_ok(), same, "{} {:?}", original, String::from_utf8_lossy(&changed));
            let expected =
                matches!(verdict, Ok(_) | Err(VerifyError::SignatureMismatch | VerifyError::MalformedSignature { .. }));
            prop_assert!(expected, "{:?}", verdict);
        }
        Ok(())
    });
}

#[test]
fn a_token_with_one_bit_changed_is_refused() {
    law(500, (secret(), body(), time(), any::<prop::sample::Index>(), 0..7_u8), |(secret, body, now, place, bit)| {
        let mut changed = secret.clone().into_bytes();
        changed[place.index(secret.len())] ^= 1 << bit;
        let request = sign::<QrPlanet>(std::str::from_utf8(&changed).unwrap(), body, now);
        let verdict = verify::<QrPlanet>(&request, &secret, now);
        prop_assert_eq!(verdict.map(drop), Err(VerifyError::TokenMismatch { field: "secrettoken" }));
        Ok(())
    });
}

/// A scan of QR Planet as fields, which are in any order and encoding.
fn fields() -> impl Strategy<Value = Vec<(String, String)>> {
    let field = prop_oneof![
        ("[a-z]{1,8}", "\\PC{0,20}"),
        Just(("user".to_owned(), "Zoë & Söhne".to_owned())),
        ("[a-z]{1,3}\\[\\]", "[0-9]{1,3}"),
    ];
    prop::collection::btree_map("[a-z]{1,8}", field.prop_map(|(_, value)| value), 0..6).prop_map(|fields| {
        let taken = ["event", "secrettoken", "redirects"];
        let mut fields: Vec<_> = fields.into_iter().filter(|(name, _)| !taken.contains(&name.as_str())).collect();
        fields.push(("event".to_owned(), "QR_CODE_SCANNED".to_owned()));
        fields.push(("redirects".to_owned(), "7".to_owned()));
        fields
    })
}

const TOKEN: &str = "token-of-the-laws";

/// The token after a rotation.
const NEXT_TOKEN: &str = "next-token-of-the-laws";

/// The fields and this token, url-encoded; every byte is escaped if `escaped`.
fn url_encoded(fields: &[(String, String)], token: &str, escaped: bool) -> (&'static str, Vec<u8>) {
    let encode = |text: &str| -> String {
        let keep = |byte: u8| !escaped && (byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        let byte = |byte: u8| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") };
        text.bytes().map(byte).collect()
    };
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    let body: Vec<_> = pairs.chain([format!("secrettoken={token}")]).collect();
    ("application/x-www-form-urlencoded", body.join("&").into_bytes())
}

fn multipart(fields: &[(String, String)]) -> (&'static str, Vec<u8>) {
    let part = |name: &str, value: &str| {
        format!("--x-laws-x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut body: String = part("secrettoken", TOKEN);
    body.extend(fields.iter().map(|(name, value)| part(name, value)));
    body.push_str("--x-laws-x--\r\n");
    ("multipart/form-data; boundary=x-laws-x", body.into_bytes())
}

fn json(fields: &[(String, String)]) -> (&'static str, Vec<u8>) {
    let mut members: serde_json::Map<_, _> =
        fields.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    members.insert("secrettoken".to_owned(), TOKEN.into());
    ("application/json", serde_json::to_vec(&members).unwrap())
}

/// Delivers a form. `Ok` if it was handled.
async fn deliver(receiver: &Receiver<QrPlanet>, (content_type, body): (&str, Vec<u8>)) -> Result<(), Rejection> {
    let headers = axum::http::HeaderMap::from_iter([(
        axum::http::header::CONTENT_TYPE,
        axum::http::HeaderValue::from_str(content_type).unwrap(),
    )]);
    let mut body = Some(Ok(body.into()));
    let post = axum::http::Method::POST;
    let accepted = accept(receiver, Head::new(&post, &headers), |_| std::task::Poll::Ready(body.take())).await?;
    let (work, reply) = accepted.handle(async |_| Answer::new((), Handled::Done { status: None }));
    reply.wait(Box::pin(work), |_| unreachable!("nothing in it waits")).await
}

#[test]
fn a_repeat_is_recognised_in_any_order_and_encoding_and_with_another_token() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let duplicate = Err(Rejection::Duplicate { id_conflict: false });
    law(200, (fields(), any::<prop::sample::Index>()), |(fields, turn)| {
        let secrets = Secrets::new([TOKEN, NEXT_TOKEN].map(|token| Secret::new(token).unwrap())).unwrap();
        let receiver = Receiver::<QrPlanet>::builder("laws", secrets, MemoryStore::new())
            .with_content_dedupe(ContentDedupe::All)
            .build()
            .unwrap();
        runtime.block_on(async {
            prop_assert_eq!(deliver(&receiver, url_encoded(&fields, TOKEN, false)).await, Ok(()));
            let mut turned = fields.clone();
            turned.rotate_left(turn.index(fields.len()));
            let repeats = [
                url_encoded(&turned, TOKEN, true),
                url_encoded(&turned, NEXT_TOKEN, false),
                multipart(&turned),
                json(&turned),
            ];
            for repeat in repeats {
                let shown = String::from_utf8_lossy(&repeat.1).into_owned();
                prop_assert_eq!(deliver(&receiver, repeat).await, duplicate.clone(), "{}", shown);
            }
            let mut other = fields.clone();
            other[0].1.push('!');
            prop_assert_eq!(deliver(&receiver, multipart(&other)).await, Ok(()), "another event");
            Ok(())
        })
    });
}

fn never_panics<P: Provider + Default>() {
    law(500, body(), |body| {
        let now = UnixTime::from_secs(1_778_335_283);
        if let Ok(delivery) = verify::<P>(&sign::<P>("whsec_laws", body, now), "whsec_laws", now) {
            let _ = (format!("{delivery:?}"), delivery.scan(), delivery.event().known_type());
        }
        Ok(())
    });
}

#[test]
fn no_authentic_body_makes_it_panic() {
    never_panics::<QrStudio>();
    never_panics::<CodeQr>();
    never_panics::<QrPlanet>();
}
