//! The arguments that describe one captured request.

use std::path::PathBuf;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};

use crate::{failure::Failure, input, parse, sender::Sender};

/// One captured request.
#[derive(Debug, clap::Args)]
pub(crate) struct RequestArgs {
    /// A header line of the request; may be repeated
    #[arg(long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// The file with the body; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    body: PathBuf,
    /// The content type of the request: adds a Content-Type header line
    ///
    /// It matters for QR Planet only, whose body is otherwise read as url-encoded.
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// The receiver's clock: Unix seconds, or a date such as 2026-05-09T14:01:23Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse::unix_time)]
    pub(crate) at: Option<i64>,
}

impl RequestArgs {
    /// The header lines.
    pub(crate) fn headers(&self, sender: Sender) -> Result<HeaderMap, Failure> {
        let mut headers = input::headers(&self.headers, self.content_type.as_deref())?;
        if sender == Sender::QrPlanet && !headers.contains_key(header::CONTENT_TYPE) {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(sender.content_type()));
        }
        Ok(headers)
    }

    /// Reads the body, but at most one byte more than the limit.
    pub(crate) fn body(&self, limit: usize) -> Result<Bytes, Failure> {
        input::body(&self.body, limit)
    }
}
