//! QR Planet's forms: the token in every place and shape, and bodies that are not forms.

use super::event;
use crate::{
    scenario::{Request, SECRET, Scenario, Sender, handled, refused},
    suite,
};

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=B";

fn urlencoded(body: impl Into<Vec<u8>>) -> Request {
    Request::form(URLENCODED, body)
}

fn multipart(body: impl Into<Vec<u8>>) -> Request {
    Request::form(MULTIPART, body)
}

fn part(name: &str, value: &str) -> String {
    format!("--B\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

fn token() -> String {
    part("secrettoken", SECRET)
}

fn refuse(name: &'static str, request: Request, status: u16, reason: &'static str) -> Scenario {
    refused(name, Sender::QrPlanet, request, status, reason)
}

fn handle(name: &'static str, request: Request) -> Scenario {
    handled(name, Sender::QrPlanet, request)
}

#[test]
fn with_the_token_in_every_shape() {
    let form = event(Sender::QrPlanet, "1");
    let encoded: String = SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let json = |rest: &str| {
        Request::form("application/json", format!(r#"{{"event":"VOUCHER_REDEEMED","uniqueid":"1"{rest}}}"#))
    };
    let with = |more: &str| urlencoded(format!("{form}{more}"));
    suite::run(vec![
        handle("a form as it is sent", Request::signed(Sender::QrPlanet, form.clone())),
        handle("a token of which every byte is percent-encoded", with(&format!("&secrettoken={encoded}"))),
        handle("a token under a percent-encoded name", with(&format!("&secret%74oken={SECRET}"))),
        handle(
            "a token in a multipart form",
            multipart(part("event", "VOUCHER_REDEEMED") + &part("uniqueid", "1") + &token() + "--B--\r\n"),
        ),
        handle("a token in a JSON object", json(&format!(r#","secrettoken":"{SECRET}""#))),
        handle(
            "a wrong token in the query and the right one in the form",
            with(&format!("&secrettoken={SECRET}")).query("?secrettoken=wrong"),
        ),
        refuse("no token", with(""), 401, "missing-token"),
        refuse("a wrong token", with("&secrettoken=wrong"), 401, "token-mismatch"),
        refuse("an empty token", with("&secrettoken="), 401, "token-mismatch"),
        refuse(
            "a token that starts like the right one",
            with(&format!("&secrettoken={}", &SECRET[..10])),
            401,
            "token-mismatch",
        ),
        refuse("a token with a trailing blank", with(&format!("&secrettoken={SECRET}+")), 401, "token-mismatch"),
        refuse("a token twice", with(&format!("&secrettoken={SECRET}&secrettoken={SECRET}")), 401, "repeated-field"),
        refuse(
            "a token twice, of which one is wrong",
            with(&format!("&secrettoken=x&secrettoken={SECRET}")),
            401,
            "repeated-field",
        ),
        refuse(
            "a token twice, of which one is percent-encoded",
            with(&format!("&secrettoken={SECRET}&secret%74oken={encoded}")),
            401,
            "repeated-field",
        ),
        refuse("a token as an array", with(&format!("&secrettoken[]={SECRET}")), 401, "missing-token"),
        refuse("a token as an encoded array", with(&format!("&secrettoken%5B0%5D={SECRET}")), 401, "missing-token"),
        refuse("a token in another case", with(&format!("&SecretToken={SECRET}")), 401, "missing-token"),
        refuse(
            "a token only in the query",
            with("").query("?secrettoken=whsec_scenario_current"),
            401,
            "missing-token",
        ),
        refuse(
            "a token in a file part",
            multipart(
                part("event", "VOUCHER_REDEEMED")
                    + &format!(
                        "--B\r\ncontent-disposition: form-data; name=\"secrettoken\"; filename=\"a\"\r\n\r\n{SECRET}\r\n--B--\r\n"
                    ),
            ),
            401,
            "missing-token",
        ),
        refuse("a token twice in a multipart form", multipart(token() + &token() + "--B--\r\n"), 401, "repeated-field"),
        refuse(
            "a token twice in a JSON object",
            json(&format!(r#","secrettoken":"{SECRET}","secret\u0074oken":"{SECRET}""#)),
            401,
            "repeated-field",
        ),
        refuse(
            "a token in a list of a JSON object",
            json(&format!(r#","secrettoken":["{SECRET}"]"#)),
            401,
            "missing-token",
        ),
        refuse(
            "a token deeper in a JSON object",
            json(&format!(r#","a":{{"secrettoken":"{SECRET}"}}"#)),
            401,
            "missing-token",
        ),
        refuse("a JSON object with null as the token", json(r#","secrettoken":null"#), 401, "missing-token"),
    ]);
}

#[test]
fn that_are_none() {
    let signed = format!("{}&secrettoken={SECRET}", event(Sender::QrPlanet, "1"));
    let fields = |count: usize| (0..count).map(|number| format!("f{number}=&")).collect::<String>();
    // The smallest possible parts, so that this many fit within the body limit.
    let parts = |count| "--B\r\na:b\r\n\r\n\r\n".repeat(count);
    let unusable = |name, request| refuse(name, request, 400, "unusable-body");
    suite::run(vec![
        refuse("no content type", Request::bare(vec![], signed.clone()), 415, "unsupported-media-type"),
        refuse("plain text", Request::form("text/plain", signed.clone()), 415, "unsupported-media-type"),
        refuse(
            "two content types in one line",
            Request::form(&format!("{URLENCODED}, text/plain"), signed.clone()),
            415,
            "unsupported-media-type",
        ),
        refuse(
            "two content types in two lines",
            urlencoded(signed.clone()).header("content-type", URLENCODED),
            415,
            "unsupported-media-type",
        ),
        refuse("an empty form", urlencoded(""), 401, "missing-token"),
        unusable("a form without an event", urlencoded(format!("secrettoken={SECRET}&a=1"))),
        unusable("a form with an empty event", urlencoded(format!("secrettoken={SECRET}&event="))),
        unusable("more than 1000 fields", urlencoded(format!("{signed}&{}", fields(1000)))),
        refuse("a token after more than 1000 fields", urlencoded(fields(1001) + &signed), 401, "missing-token"),
        handle(
            "a multipart form with the boundary inside its content",
            multipart(
                part("event", "VOUCHER_REDEEMED")
                    + &part("uniqueid", "a --B b\r\n -- B\r\nx--B--")
                    + &token()
                    + "--B--\r\n",
            ),
        ),
        unusable(
            "a multipart form without an end",
            multipart(part("event", "VOUCHER_REDEEMED") + &token() + &part("a", "b")),
        ),
        refuse(
            "a multipart form without an end or a token",
            multipart(part("event", "VOUCHER_REDEEMED")),
            401,
            "missing-token",
        ),
        unusable("10,000 parts after the token", multipart(token() + &parts(10_000) + "--B--\r\n")),
        refuse(
            "10,000 parts before the token",
            multipart(parts(10_000) + &token() + "--B--\r\n"),
            401,
            "missing-token",
        ),
        refuse(
            "a multipart form without a boundary",
            Request::form("multipart/form-data", token() + "--B--\r\n"),
            401,
            "missing-token",
        ),
        refuse(
            "a multipart form with another boundary",
            Request::form("multipart/form-data; boundary=C", token() + "--B--\r\n"),
            401,
            "missing-token",
        ),
        refuse("a body of only boundaries", multipart("--B\r\n".repeat(10_000)), 401, "missing-token"),
        unusable(
            "a JSON object that breaks off after the token",
            Request::form("application/json", format!(r#"{{"secrettoken":"{SECRET}","event":"#)),
        ),
        unusable(
            "a JSON object that is too deep after the token",
            Request::form(
                "application/json",
                format!(
                    r#"{{"secrettoken":"{SECRET}","event":"a","b":{}{}}}"#,
                    "[".repeat(100_000),
                    "]".repeat(100_000)
                ),
            ),
        ),
        refuse(
            "a JSON list",
            Request::form("application/json", format!(r#"[{{"secrettoken":"{SECRET}"}}]"#)),
            401,
            "missing-token",
        ),
        handle("a form with bytes that are not UTF-8", urlencoded([signed.as_bytes(), b"&name=\xff\xfe%ff"].concat())),
    ]);
}
