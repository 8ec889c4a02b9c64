//! The arguments that describe one captured request.

use std::path::PathBuf;

use bytes::Bytes;
use http::{HeaderValue, Request, header};

use crate::{failure::Failure, input, parse, saved, sender::Sender};

/// One captured request.
#[derive(Debug, clap::Args)]
pub(crate) struct RequestArgs {
    /// A file with the whole request, as `doctor --save` writes it: an HTTP/1.1 message
    #[arg(long, value_name = "FILE", conflicts_with_all = ["headers", "body", "content_type"])]
    request: Option<PathBuf>,
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
    /// Whether the request is in a file, with its path.
    pub(crate) fn is_whole(&self) -> bool {
        self.request.is_some()
    }

    /// Reads the request, but at most one byte more of its body than the limit.
    pub(crate) fn read(&self, sender: Sender, limit: usize) -> Result<Request<Bytes>, Failure> {
        let mut request = match &self.request {
            Some(path) => saved::read(path, limit)?,
            None => {
                let headers = input::headers(&self.headers, self.content_type.as_deref())?;
                let mut request = Request::new(input::body(&self.body, limit)?);
                *request.headers_mut() = headers;
                request
            }
        };
        if sender.sends_forms() && !request.headers().contains_key(header::CONTENT_TYPE) {
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            request.headers_mut().insert(header::CONTENT_TYPE, form);
        }
        Ok(request)
    }
}
