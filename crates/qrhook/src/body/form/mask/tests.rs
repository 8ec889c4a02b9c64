use crate::body::form::{Form, FormKind, Token};

const TOKEN: &str = "secret:DEMO.EXAMPLE/0000 k+\"&ü";

/// Names with values, and places with the notes on them.
type Masked = (Vec<(String, String)>, Vec<(String, &'static str)>);

/// The decoded form with its token masked, and the notes.
fn masked(token: &str, body: &str) -> Masked {
    let mut form = Form::read(&FormKind::UrlEncoded, body.as_bytes(), 100).form;
    form.mask(token.as_bytes());
    let fields = form.iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    (fields, form.notes().collect())
}

/// Whether this value of a field is masked.
fn hides(token: &str, value: &str) -> bool {
    let body = form_urlencoded::Serializer::new(String::new()).append_pair("a", value).finish();
    let (fields, notes) = masked(token, &body);
    let hidden = fields == [("a".to_owned(), "***".to_owned())];
    assert_eq!(notes.len(), usize::from(hidden), "a field that was changed is noted: {value}");
    assert!(hidden || fields == [("a".to_owned(), value.to_owned())], "{fields:?}");
    hidden
}

fn percent(text: &str, lower: bool) -> String {
    let digits = text.bytes().map(|byte| match (byte.is_ascii_alphanumeric(), lower) {
        (true, _) => char::from(byte).to_string(),
        (false, true) => format!("%{byte:02x}"),
        (false, false) => format!("%{byte:02X}"),
    });
    digits.collect()
}

#[test]
fn hides_the_token_in_every_encoding_that_a_sender_makes() {
    let form = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let json = |text: &str| serde_json::to_string(text).expect("JSON");
    let html =
        |text: &str| text.replace('&', "&amp;").replace('"', "&quot;").replace('+', "&#43;").replace(':', "&#x3A;");
    let ascii = json(TOKEN).replace('ü', "\\u00fc").replace('/', "\\/");
    let encoded = [
        ("as it is", TOKEN.to_owned()),
        ("percent-encoded", percent(TOKEN, false)),
        ("percent-encoded in lower case", percent(TOKEN, true)),
        ("each byte of it", TOKEN.bytes().map(|byte| format!("%{byte:02X}")).collect()),
        ("form-encoded", form(TOKEN)),
        ("form-encoded twice", form(&form(TOKEN))),
        ("three times", form(&form(&form(TOKEN)))),
        ("HTML", html(TOKEN)),
        ("JSON", json(TOKEN)),
        ("JSON in ASCII, as PHP writes it", ascii.clone()),
        ("JSON in a form", form(&ascii)),
        ("JSON in JSON", json(&ascii)),
        ("a form in HTML", html(&form(TOKEN))),
        ("HTML in a form", form(&html(TOKEN))),
        ("base64", "c2VjcmV0OkRFTU8uRVhBTVBMRS8wMDAwIGsrIibDvA==".to_owned()),
        ("base64 after one byte", "eHNlY3JldDpERU1PLkVYQU1QTEUvMDAwMCBrKyImw7x4".to_owned()),
        ("base64 after two bytes", "eHhzZWNyZXQ6REVNTy5FWEFNUExFLzAwMDAgaysiJsO8eA==".to_owned()),
        ("base64 in a form", form("eHhzZWNyZXQ6REVNTy5FWEFNUExFLzAwMDAgaysiJsO8eA==")),
    ];
    for (name, text) in &encoded {
        assert!(hides(TOKEN, text), "{name}: {text}");
        assert!(hides(TOKEN, &format!("https://example.com/?t={text}&x=1")), "{name}, in a URL: {text}");
    }
    for other in ["", "**", "secret", "secret:DEMO.EXAMPLE/0000", "100%", "%", "%zz&;&#;&#x;\\", "\\u12", "a&amp;b"] {
        assert!(!hides(TOKEN, other), "{other}");
    }
}

#[test]
fn hides_a_token_that_looks_encoded_itself() {
    for token in [
        "0123456789abcd%41",
        "%41%41%41%41%41%41",
        "a&amp;amp;b\\u0041\\\\c",
        "+ + + + + + + + +",
        "%%25%2525%25%25%25",
    ] {
        let form = form_urlencoded::byte_serialize(token.as_bytes()).collect::<String>();
        for text in [token, &form, &percent(&form, true), &format!("100%{token}41")] {
            assert!(hides(token, text), "{token} in {text}");
        }
    }
    assert!(!hides("%41%41%41%41%41%41", "AAAAAA"), "six letters are a word");
}

#[test]
fn names_are_masked_too() {
    let long = "0123456789abcdef";
    let (fields, notes) = masked(long, "x0123456789abcdefy=1&b=2");
    assert_eq!(fields, [("***".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
    assert_eq!(notes, [("***".to_owned(), super::REASON)]);

    let body = b"--B\r\nContent-Disposition: form-data; name=0123456789abcdef; filename=x\r\n\r\n1\r\n--B--";
    let mut form = Form::read(&FormKind::Multipart(Some("B".into())), body, 100).form;
    form.mask(long.as_bytes());
    assert_eq!(form.notes().map(|(place, _)| place).collect::<Vec<_>>(), ["***"], "a file's name");

    let body = br#"{"0123456789abcdef":NaN,"l":["\u0030123456789abcdef"]}"#;
    let mut form = Form::read(&FormKind::Json, body, 100).form;
    form.mask(long.as_bytes());
    assert_eq!(String::from_utf8(form.encode().to_vec()).expect("text"), "***=&l%5B%5D=***");
    assert!(form.notes().all(|(place, _)| !place.contains(long)));
}

#[test]
fn a_short_token_hides_only_what_equals_it_and_a_word_hides_nothing() {
    let short = "0123456789abcde";
    for equal in [short, "%30123456789abcde", "[\"0123456789abcde\"]", "{\"a\":\"0123456789abcde\"}"] {
        assert!(hides(short, equal), "{equal}");
    }
    for other in ["x0123456789abcde", "t=0123456789abcde", "[\"0123456789abcdef\"]"] {
        assert!(!hides(short, other), "{other}");
    }
    assert!(hides("password", "password"));
    assert!(!hides("passwor", "passwor"));
    assert!(!hides("test", "test") && !hides("a", "a"));
}

/// Found by fuzzing: the decoded value does not hold the token, but the form as it was sent does.
#[test]
fn hides_a_token_that_begins_within_an_escape() {
    let handed_on = |token: &str, body: &str| {
        let body = format!("{body}&secrettoken={token}");
        let mut form = Form::read(&FormKind::UrlEncoded, body.as_bytes(), 100).form;
        assert!(matches!(form.take_token("secrettoken"), Token::One(_)), "{body}");
        form.mask(token.as_bytes());
        String::from_utf8(form.encode().to_vec()).unwrap()
    };
    for (token, body, expected) in [
        // The escape is needed, so the value is masked.
        ("FAKE-token-0123456789", "a=https%3FAKE-token-0123456789", "a=***"),
        ("3FAKE-token-0123456789", "a=%3FAKE-token-0123456789", "a=***"),
        // It is not, or is written otherwise, so the form is written anew.
        ("FAKE-token-0123456789", "a=%4FAKE-token-0123456789", "a=OAKE-token-0123456789"),
        ("fake-token-0123456789", "a=%3fake-token-0123456789", "a=%3Fake-token-0123456789"),
        // Without its beginning, it is not the token, and nothing is changed.
        ("FAKE-token-0123456789", "a=https%3EAKE-token-0123456789", "a=https%3EAKE-token-0123456789"),
        ("FAKE-token-0123456789", "a=%4EAKE-token-0123456789", "a=%4EAKE-token-0123456789"),
    ] {
        let found = handed_on(token, body);
        assert_eq!(found, expected, "{body}");
        assert!(!found.contains(token), "{body}: {found}");
    }
}
