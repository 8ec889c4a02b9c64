use bytes::Bytes;

use super::*;

fn read(content_type: &str, body: impl Into<Bytes>) -> (Vec<(String, String)>, Option<BodyProblem>) {
    let body = body.into();
    let kind = FormKind::of(content_type.as_bytes()).expect("a form's content type");
    let reading = Form::read(&kind, &body, 3);
    let fields = reading.form.iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    (fields, reading.problem)
}

fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=B";

#[test]
fn knows_the_forms_by_their_content_type() {
    let boundary = |text: &str| Some(FormKind::Multipart(Some(text.to_owned())));
    let cases = [
        ("application/x-www-form-urlencoded", Some(FormKind::UrlEncoded)),
        ("Application/X-WWW-Form-URLEncoded ; charset=UTF-8", Some(FormKind::UrlEncoded)),
        ("multipart/form-data; boundary=B", boundary("B")),
        ("multipart/form-data; charset=utf-8; boundary=\"a b\"", boundary("a b")),
        ("multipart/form-data ; Boundary = a=/:b ;", boundary("a=/:b")),
        ("multipart/form-data; boundary=a; boundary=b", boundary("a")),
        ("multipart/form-data; boundary=\"", boundary("\"")),
        ("multipart/form-data; boundary=\"\"", Some(FormKind::Multipart(None))),
        ("multipart/form-data; boundary=", Some(FormKind::Multipart(None))),
        ("multipart/form-data; xboundary=a", Some(FormKind::Multipart(None))),
        ("multipart/form-data", Some(FormKind::Multipart(None))),
        ("application/json; charset=utf-8", Some(FormKind::Json)),
        ("application/x-www-form-urlencoded, application/json", None),
        ("text/plain", None),
        ("multipart/mixed; boundary=B", None),
        ("", None),
    ];
    for (content_type, expected) in cases {
        assert_eq!(FormKind::of(content_type.as_bytes()), expected, "{content_type}");
    }
}

#[test]
fn decodes_url_encoded_names_and_values() {
    let (fields, problem) = read(URLENCODED, "a%5B0%5D=1+2%203&&b&c=%FF%zz=\r\n");
    assert_eq!(fields, pairs(&[("a[0]", "1 2 3"), ("b", ""), ("c", "\u{fffd}%zz=")]));
    assert_eq!(problem, None);
}

#[test]
fn ends_at_the_limit_of_fields() {
    let too_many = Some(BodyProblem::TooManyFields { limit: 3 });
    assert_eq!(read(URLENCODED, "a&b&c&d"), (pairs(&[("a", ""), ("b", ""), ("c", "")]), too_many));
    assert_eq!(read("application/json", r#"{"a":"","b":"","c":"","d":""}"#).1, too_many);
    let file = "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\nx\r\n";
    assert_eq!(read(MULTIPART, format!("{}--B--\r\n", file.repeat(4))), (vec![], too_many), "files count");
}

#[test]
fn keeps_what_it_read_of_a_form_that_breaks_off() {
    let part = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
    let broken = Some(BodyProblem::BrokenForm);
    let cases = [
        ("no end", MULTIPART, part.to_owned() + "--B\r\n", pairs(&[("a", "1")])),
        ("in a header", MULTIPART, part.to_owned() + "--B\r\nContent-Dispo", pairs(&[("a", "1")])),
        ("no end of the headers", MULTIPART, format!("{part}--B\r\na: b--B--\r\n"), pairs(&[("a", "1")])),
        ("no boundary in the body", MULTIPART, "a=1".into(), vec![]),
        ("no boundary in the type", "multipart/form-data", part.to_owned() + "--B--\r\n", vec![]),
        ("empty", MULTIPART, String::new(), vec![]),
        ("JSON breaks off", "application/json", r#"{"a":"1","b"#.into(), pairs(&[("a", "1")])),
        ("JSON goes on", "application/json", r#"{"a":"1"}{"#.into(), pairs(&[("a", "1")])),
        ("JSON is not an object", "application/json", r#"["a"]"#.into(), vec![]),
    ];
    for (name, content_type, body, expected) in cases {
        assert_eq!(read(content_type, body), (expected, broken), "{name}");
    }
}

#[test]
fn takes_json_values_as_the_form_would_have_them() {
    let (fields, problem) = read("application/json", r#"{"n": 007e0 }"#);
    assert_eq!((fields, problem), (vec![], Some(BodyProblem::BrokenForm)), "not a JSON number");
    let (fields, _) = read("application/json", r#"{"n":12.50,"s":"\u00fc","x":null}"#);
    assert_eq!(fields, pairs(&[("n", "12.50"), ("s", "ü")]));
    let (fields, _) = read("application/json", r#"{"l":["t"],"o":{"a":true},"b":true}"#);
    assert_eq!(fields, pairs(&[("l[]", "[\"t\"]"), ("o[]", "{\"a\":true}"), ("b", "true")]));
}

#[test]
fn a_token_beside_null_is_a_second_one() {
    let take = |body: &'static str| {
        let body = Bytes::from_static(body.as_bytes());
        let token = Form::read(&FormKind::Json, &body, 100).form.take_token("t");
        matches!(token, Token::Repeated)
    };
    assert!(take(r#"{"t":null,"t":"k"}"#) && take(r#"{"t":"k","t":null}"#));
    assert!(!take(r#"{"t":null}"#) && !take(r#"{"x":null,"t":"k"}"#));
}

#[test]
fn takes_the_token_out_however_it_is_encoded() {
    let take = |body: &'static str| {
        let body = Bytes::from_static(body.as_bytes());
        let mut form = Form::read(&FormKind::UrlEncoded, &body, 100).form;
        let token = form.take_token("secrettoken");
        let token = match token {
            Token::One(value) => Token::One(Cow::Owned(value.into_owned())),
            Token::Missing => Token::Missing,
            Token::Repeated => Token::Repeated,
        };
        (token, String::from_utf8(form.encode().to_vec()).expect("url-encoded text"))
    };
    let one = Token::One(Cow::Borrowed(&b"k y"[..]));
    assert_eq!(take("a=1&secrettoken=k+y&b=%C3%BC"), (one, "a=1&b=%C3%BC".into()));
    assert_eq!(take("secrettoken=k&secret%74oken=k&a=1"), (Token::Repeated, "a=1".into()));
    let near = "secrettoken[]=k&SecretToken=k&secrettoken =k";
    assert_eq!(take(near), (Token::Missing, near.into()));
    let odd = (Token::One(Cow::Borrowed(&b""[..])), "&%=&&b c=%zz&=d%&".into());
    assert_eq!(take("&%=&&b c=%zz&secrettoken&=d%&\r\n"), odd, "the rest is as it was sent");
    let blank = (Token::One(Cow::Borrowed(&b"k"[..])), "a=1&b=2+".into());
    assert_eq!(take("a=1&b=2 &secrettoken=k"), blank, "a blank in front of the token belongs to its field");
}

#[test]
fn every_byte_is_url_encoded_as_the_usual_library_does() {
    let all: Vec<u8> = (0..=255).collect();
    let form = Form { fields: vec![((&all).into(), (&all).into())], ..Form::default() };
    let usual: String = form_urlencoded::byte_serialize(&all).collect();
    let encoded = form.encode();
    assert_eq!(encoded, format!("{usual}={usual}"));
    assert_eq!(Form::read_encoded(&encoded).sorted(), [(&*all, &*all)]);
}
