use super::*;

const SECRET: &str = "whsec_00000000000000000000000000000000";
const LINK: &str = r#"{"id":"evt_0000000000000000000000001","event":"link.created","createdAt":"2026-03-14T09:00:00.123Z","data":{"id":"cmexamplelink0000000000001"}}"#;
const PAGE: &str = r#"{"id":"evt_0000000000000000000000002","event":"page.created","createdAt":"2026-03-14T09:00:00.123Z","data":{"page":{"id":"cmexamplepage0000000000001","name":"Opinião ☕"}}}"#;
const LINK_SIGNATURE: &str = "9c66f2ed446e7dd94e2aeea3c4ffec17774f27514d4bfe643a598033a22f43ff";
const PAGE_SIGNATURE: &str = "3e54d59528db032027b356fd42a37edea253785d2d7e8cba116dcc7a7e1a8561";

fn check(body: &'static str, signature: &str) -> Result<Option<String>, VerifyError> {
    let secrets = Secrets::one(SECRET).expect("a secret");
    let now = UnixTime::from_secs(1_773_478_800);
    let delivery = verify::<CodeQr>([("CodeQR-Signature", signature)], body, &secrets, now)?;
    Ok(delivery.id().map(str::to_owned))
}

#[test]
fn the_vectors_verify() {
    let upper_case = LINK_SIGNATURE.to_ascii_uppercase();
    for (name, body, signature, id) in [
        ("ASCII", LINK, LINK_SIGNATURE, "evt_0000000000000000000000001"),
        ("not ASCII", PAGE, PAGE_SIGNATURE, "evt_0000000000000000000000002"),
        ("in upper case", LINK, &upper_case, "evt_0000000000000000000000001"),
    ] {
        assert_eq!(check(body, signature), Ok(Some(id.to_owned())), "{name}");
    }
}

#[test]
fn the_usual_mistakes_are_a_mismatch() {
    for (name, body, signature) in [
        ("the key without its prefix", LINK, "617febd162b7ab42a8cf106cc35321bd5a30cb433bcb5ac971760b85a12e539c"),
        ("a newline after the body", LINK, "50fb31c69b75ef1a8910d7239e774c0cddf5fa7050ee754f7248a731fae774c0"),
        ("the signature of another body", LINK, PAGE_SIGNATURE),
    ] {
        assert_eq!(check(body, signature), Err(VerifyError::SignatureMismatch), "{name}");
    }
}

#[test]
fn the_wrong_results_are_those_mistakes() {
    let bare = Secrets::one("00000000000000000000000000000000").expect("a secret");
    let header = [("codeqr-signature", "617febd162b7ab42a8cf106cc35321bd5a30cb433bcb5ac971760b85a12e539c")];
    assert!(verify::<CodeQr>(header, LINK, &bare, UnixTime::from_secs(0)).is_ok());
    let secrets = Secrets::one(SECRET).expect("a secret");
    let header = [("codeqr-signature", "50fb31c69b75ef1a8910d7239e774c0cddf5fa7050ee754f7248a731fae774c0")];
    assert!(verify::<CodeQr>(header, format!("{LINK}\n"), &secrets, UnixTime::from_secs(0)).is_ok());
}

#[test]
fn the_age_of_an_event_does_not_matter() {
    let secrets = Secrets::one(SECRET).expect("a secret");
    for now in [0, i64::MIN, i64::MAX] {
        let header = [("CodeQR-Signature", LINK_SIGNATURE)];
        let delivery = verify::<CodeQr>(header, LINK, &secrets, UnixTime::from_secs(now)).expect("no window");
        assert_eq!(delivery.signed_at(), None);
    }
}

#[test]
fn without_an_id_it_is_no_event() {
    let problem = |body: &'static str| CodeQr.decode(Content::Body(&Bytes::from_static(body.as_bytes()))).err();
    assert_eq!(problem(r#"{"event":"link.created","data":{}}"#), Some(BodyProblem::NoId { field: "id" }));
    assert_eq!(problem("[]"), Some(BodyProblem::NotAnObject));
}
