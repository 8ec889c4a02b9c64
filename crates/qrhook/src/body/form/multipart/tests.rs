use std::{
    convert::Infallible,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures_core::Stream;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::body::form::{Form, FormKind};

/// What was read from a body: fields, notes, and whether it was complete.
#[derive(Debug, Default, PartialEq, Eq)]
struct Read {
    fields: Vec<(String, String)>,
    notes: Vec<(String, &'static str)>,
    whole: bool,
}

fn read(body: &[u8]) -> Read {
    read_at("B", body)
}

fn read_at(boundary: &str, body: &[u8]) -> Read {
    let reading = Form::read(&FormKind::Multipart(Some(boundary.to_owned())), body, 100);
    let fields = reading.form.iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    Read { fields, notes: reading.form.notes().collect(), whole: reading.problem.is_none() }
}

fn fields(fields: &[(&str, &str)]) -> Read {
    let fields = fields.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    Read { fields, notes: vec![], whole: true }
}

fn broken(mut read: Read) -> Read {
    read.whole = false;
    read
}

#[test]
fn splits_at_the_boundary() {
    let a = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";
    let one = || fields(&[("a", "1")]);
    let cases = [
        ("one", format!("--B\r\n{a}1\r\n--B--\r\n"), one()),
        ("no line end after the end", format!("--B\r\n{a}1\r\n--B--"), one()),
        ("LF alone", format!("--B\r\n{a}1\r\n--B--").replace('\r', ""), one()),
        ("preamble", format!("--\r\n--A\r\nx--B\r\n--B\r\n{a}1\r\n--B--"), one()),
        ("epilogue", format!("--B\r\n{a}1\r\n--B--\r\n--B\r\n{a}2\r\n--B--"), one()),
        ("text after the end", format!("--B\r\n{a}1\r\n--B--x"), one()),
        ("padding", format!("--B \t\r\n{a}1\r\n--B--  \r\n"), one()),
        ("two", format!("--B\r\n{a}1\r\n--B\r\n{a}2\r\n--B--"), fields(&[("a", "1"), ("a", "2")])),
        ("empty", format!("--B\r\n{a}\r\n--B--"), fields(&[("a", "")])),
        ("a blank line", format!("--B\r\n{a}\r\n\r\n--B--"), fields(&[("a", "\r\n")])),
        ("no value", format!("--B\r\n{a}--B\r\n{a}1\r\n--B--"), fields(&[("a", ""), ("a", "1")])),
        (
            "other boundaries",
            format!("--B\r\n{a}1\r\n--Bx\r\n--B x\r\n-B\r\n --B\r\n--B--"),
            fields(&[("a", "1\r\n--Bx\r\n--B x\r\n-B\r\n --B")]),
        ),
        ("a stray CR", format!("--B\r\n{a}1\r\r\n--B--"), fields(&[("a", "1\r")])),
        ("no parts", "--B--".to_owned(), fields(&[])),
        ("nothing", String::new(), broken(fields(&[]))),
        ("no boundary", "a=1\r\n".to_owned(), broken(fields(&[]))),
        ("no end", format!("--B\r\n{a}1\r\n--B\r\n"), broken(one())),
        ("half an end", format!("--B\r\n{a}1\r\n--B-"), broken(fields(&[]))),
        ("ends in a value", format!("--B\r\n{a}1\r\n--B\r\n{a}2"), broken(one())),
        ("ends in a header", format!("--B\r\n{a}1\r\n--B\r\n{}", &a[..10]), broken(one())),
    ];
    for (name, body, expected) in cases {
        assert_eq!(read(body.as_bytes()), expected, "{name}");
    }
    let long = "b".repeat(70);
    assert_eq!(read_at(&long, format!("--{long}\r\n{a}1\r\n--{long}--").as_bytes()), one(), "the longest boundary");
    let spaced = format!("--a b\r\n{a}1\r\n--a b--");
    assert_eq!(read_at("a b", spaced.as_bytes()), one(), "a blank within");
}

#[test]
fn reads_the_name_of_a_part() {
    let cases: [(&[u8], &str); 24] = [
        (b"form-data; name=\"a\"", "a"),
        (b"form-data; name=a", "a"),
        (b"form-data; name=a ; x=y", "a"),
        (b"form-data;name='a;b'", "a;b"),
        (b"form-data; name = \"a\"; x", "a"),
        (b"FORM-DATA; NAME=\"a\"", "a"),
        (b"form-data; x=\"; name=b\"; name=\"a\"", "a"),
        (b"form-data; xname=b; name=a; namex=c", "a"),
        (b"form-data; name=\"a;=b\"", "a;=b"),
        (b"form-data; name=\"a\\\"b\"", "a\"b"),
        (b"form-data; name=\"a\\\\\"; x=\"b\"", "a\\"),
        (b"form-data; name=\"a\\b\"", "a\\b"),
        (b"form-data; name=\"a%22b%0D%0a%41\"", "a\"b\r\n%41"),
        (b"form-data; name=a%22", "a%22"),
        (b"form-data;\r\n name=\"a\r\n b\"", "a b"),
        (b"form-data;\n\tname=\"a\"", "a"),
        (b"form-data; name=\"\"", ""),
        (b"form-data; name=", ""),
        (b"form-data; name=\"a[0]\"", "a[0]"),
        (b"form-data; name=a; name=b", "b"),
        (b"form-data; name=\"\xc3\xbc\"", "ü"),
        (b"form-data; name=\"\xfc\"", "\u{fffd}"),
        (b"attachment; name=\"a\"", "a"),
        (b"name=\"a\"", "a"),
    ];
    for (value, expected) in cases {
        let body = [b"--B\r\nX: y\r\ncontent-disposition:", value, b"\r\n\r\n1\r\n--B--"].concat();
        assert_eq!(read(&body), fields(&[(expected, "1")]), "{}", value.escape_ascii());
    }
    let twice = b"--B\r\nContent-Disposition: x; name=a\r\nContent-Disposition: x; name=b\r\n\r\n1\r\n--B--";
    assert_eq!(read(twice), fields(&[("a", "1")]), "the first header counts, as in PHP");
}

#[test]
fn notes_the_parts_that_are_not_fields() {
    let noted = |notes: &[(&str, &'static str)]| {
        let notes = notes.iter().map(|&(place, reason)| (place.to_owned(), reason)).collect();
        Read { notes, ..fields(&[("a", "1")]) }
    };
    let a = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'static str)]);
    let unnamed = [("part 2", super::UNNAMED)];
    let cases: [Case; 9] = [
        ("a file", "Content-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n2", &[("f", super::FILE)]),
        ("no file chosen", "Content-Disposition: form-data; filename=\"\"; name=f\r\n\r\n", &[("f", super::FILE)]),
        (
            "an encoded file name",
            "Content-Disposition: form-data; name=f; filename*=UTF-8''x\r\n\r\n2",
            &[("f", super::FILE)],
        ),
        ("a file without a name", "Content-Disposition: form-data; filename=x\r\n\r\n2", &[("part 2", super::FILE)]),
        ("no headers", "\r\n2", &unnamed),
        ("nothing at all", "", &unnamed),
        ("no disposition", "Content-Type: text/plain\r\n\r\n2", &unnamed),
        ("no name", "Content-Disposition: form-data; x=\"y\"\r\n\r\n2", &unnamed),
        ("quotes without an end", "Content-Disposition: form-data; name=\"b\r\n\r\n2", &unnamed),
    ];
    for (name, part, notes) in cases {
        let body = format!("{a}--B\r\n{part}\r\n--B--\r\n");
        assert_eq!(read(body.as_bytes()), noted(notes), "{name}");
    }
    let many = format!("{a}{}--B--", "--B\r\n\r\n2\r\n".repeat(99));
    assert_eq!(read(many.as_bytes()).notes.len(), 64, "the first ones are kept");
}

#[test]
fn a_form_whose_headers_are_none_is_broken() {
    let a = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
    let long = format!("X: {}\r\n\r\n2", "x".repeat(8 * 1024));
    let many = format!("{}\r\n2", "X: y\r\n".repeat(32));
    for part in ["no colon\r\n\r\n2", "X: y", " X\r\n\r\n2", "X: y\r\nz\r\n\r\n", "X: y\r\n\r", &long, &many] {
        let body = format!("{a}--B\r\n{part}\r\n--B--\r\n");
        assert_eq!(read(body.as_bytes()), broken(fields(&[("a", "1")])), "{}", &part[..part.len().min(40)]);
    }
    let few = format!("{a}--B\r\n{}Content-Disposition: x; name=b\r\n\r\n2\r\n--B--", "X: y\r\n".repeat(30));
    assert_eq!(read(few.as_bytes()), fields(&[("a", "1"), ("b", "2")]));
}

/// The fields that multer finds; `None` when it ends with an error.
fn witness(boundary: &str, body: &[u8]) -> Option<Vec<(String, String)>> {
    fn ready<T>(step: impl Future<Output = multer::Result<T>>) -> Option<T> {
        match pin!(step).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result.ok(),
            Poll::Pending => None,
        }
    }
    let mut parts = multer::Multipart::new(Whole(Some(Bytes::copy_from_slice(body))), boundary);
    let mut fields = Vec::new();
    while let Some(part) = ready(parts.next_field())? {
        let name = part.name().filter(|_| part.file_name().is_none()).map(str::to_owned);
        let value = ready(part.bytes())?;
        if let Some(name) = name {
            fields.push((name, String::from_utf8_lossy(&value).into_owned()));
        }
    }
    Some(fields)
}

/// A stream of one chunk.
struct Whole(Option<Bytes>);

impl Stream for Whole {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// Pieces of a part's headers that both readers read alike. The readers differ on purpose in the following, each shown
/// in a test above:
///
/// - LF-only lines, text on the boundary's line, a boundary that does not start its line, folded headers: multer fails
///   or finds other parts;
/// - a part without headers or without a value: multer takes the next part to be the rest of it;
/// - a header without a colon and one that is not ASCII: multer fails for both, this reader only for the colon;
/// - names in single quotes, `\\` and `%22` in names, `filename*`, blanks of other kinds, several names, a name within
///   another parameter's quotes, names that are not UTF-8, and `NAME` in capitals: multer reads the bytes as they are.
fn headers() -> impl Strategy<Value = String> {
    let name = prop_oneof!["\"[a-c;= ]{0,3}\"", "[a-c]{1,3}", Just("\"x\\\"y\"".to_owned()), Just("\"ü\"".to_owned())];
    let file = prop_oneof![6 => Just(""), 1 => Just("; filename=\"f\""), 1 => Just("; filename=")];
    let other = prop_oneof![3 => Just(""), 1 => Just("Content-Type: text/plain\r\n"), 1 => Just("X-Y:z\r\n")];
    let named = (other, name, file)
        .prop_map(|(other, name, file)| format!("{other}content-disposition: form-data; name={name}{file}\r\n"));
    prop_oneof![8 => named, 1 => Just("Content-Disposition: form-data\r\n".to_owned()), 1 => Just("X: y\r\n".to_owned())]
}

/// Complete bodies, bodies that are cut off somewhere, and bodies with something extra.
fn bodies() -> impl Strategy<Value = String> {
    let value = "(\r|\n|\r\n|-|--|B|--B|a){0,6}"
        .prop_filter("a boundary of its own", |value: &String| !value.contains("\n--B") && !value.starts_with("--B"));
    let part = (headers(), value, prop_oneof![5 => Just(""), 1 => Just(" ")])
        .prop_map(|(headers, value, padding)| format!("--B{padding}\r\n{headers}\r\n{value}\r\n"));
    let preamble = prop_oneof![3 => Just(""), 1 => Just("hello\r\n"), 1 => Just("\r\n")];
    let epilogue = prop_oneof!["", "\r\n", "\r\n--B\r\nmore"];
    let whole = (preamble, prop::collection::vec(part, 0..5), epilogue)
        .prop_map(|(preamble, parts, epilogue)| format!("{preamble}{}--B--{epilogue}", parts.concat()));
    (whole, prop::option::weighted(0.3, any::<prop::sample::Index>())).prop_map(|(mut whole, cut)| {
        if let Some(cut) = cut {
            let at = cut.index(whole.len());
            whole.truncate((0..=at).rev().find(|&at| whole.is_char_boundary(at)).unwrap_or(0));
        }
        whole
    })
}

#[test]
fn agrees_with_multer() {
    let seed = [8; 32];
    let config = Config { cases: 4000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    runner
        .run(&bodies(), |body| {
            let ours = read(body.as_bytes());
            prop_assert_eq!(ours.whole.then_some(ours.fields), witness("B", body.as_bytes()), "{:?}", body);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("with the seed {seed:?}: {failure}"));
}

#[test]
fn any_bytes_are_read_without_a_panic_and_no_field_is_made_up() {
    let seed = [9; 32];
    let config = Config { cases: 4000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let piece = prop_oneof![
        Just("--B"),
        Just("--"),
        Just("\r\n"),
        Just("\n"),
        Just("\r"),
        Just(" "),
        Just(":"),
        Just(";"),
        Just("\""),
        Just("\\"),
        Just("'"),
        Just("%22"),
        Just("="),
        Just("name"),
        Just("filename"),
        Just("Content-Disposition: form-data; name=a"),
        Just("\r\n\r\n"),
        Just("\u{fc}"),
    ];
    runner
        .run(&prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat()), |body| {
            let ours = read(body.as_bytes());
            for (name, value) in &ours.fields {
                prop_assert!(body.contains(value.as_str()) && name.len() <= body.len(), "{:?}", body);
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("with the seed {seed:?}: {failure}"));
}
