//! A request in a file: a whole HTTP/1.1 message, with its exact header lines and body.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, header};

use crate::failure::Failure;

/// More than any server accepts.
const LINES: usize = 256;
const HEAD: usize = 256 * 1024;

/// A new file for a request, which only its owner may read: it may contain personal data and a token. It is removed if
/// no request is written.
pub(crate) struct Saved<'a> {
    path: &'a Path,
    file: File,
    is_written: bool,
}

impl<'a> Saved<'a> {
    pub(crate) fn create(path: &'a Path) -> Result<Self, Failure> {
        let file = create(path).map_err(|error| cannot_save(path, &error))?;
        Ok(Self { path, file, is_written: false })
    }

    pub(crate) fn write(mut self, request: &Request<Bytes>) -> Result<(), Failure> {
        self.file.write_all(&message(request)).map_err(|error| cannot_save(self.path, &error))?;
        self.is_written = true;
        Ok(())
    }
}

impl Drop for Saved<'_> {
    fn drop(&mut self) {
        if !self.is_written {
            drop(std::fs::remove_file(self.path));
        }
    }
}

fn cannot_save(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("cannot save the request in {}: {error}", path.display()))
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn message(request: &Request<Bytes>) -> Vec<u8> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let mut message = format!("POST {target} HTTP/1.1\r\n").into_bytes();
    for (name, value) in request.headers() {
        // The body is written as a whole.
        if name != header::TRANSFER_ENCODING {
            message.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
    }
    message.extend(b"\r\n");
    message.extend(request.body());
    message
}

/// Reads such a file. Everything after the head is the body, whatever the headers say.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Request<Bytes>, Failure> {
    let cannot = |what: &str| Failure::usage(format!("cannot read {}: {what}", path.display()));
    let limit = u64::try_from(limit.saturating_add(HEAD)).unwrap_or(u64::MAX);
    let mut message = Vec::new();
    let opened = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut message));
    opened.map_err(|error| cannot(&error.to_string()))?;
    let mut lines = [httparse::EMPTY_HEADER; LINES];
    let mut head = httparse::Request::new(&mut lines);
    let parsed = head.parse(&message);
    let Ok(httparse::Status::Complete(length)) = parsed else {
        return Err(cannot(
            "it is not an HTTP/1.1 request, which begins with a line such as `POST /qrstudio HTTP/1.1`",
        ));
    };
    let mut request = Request::new(Bytes::copy_from_slice(message.get(length..).unwrap_or_default()));
    let target = head.path.unwrap_or("/");
    *request.uri_mut() = target.parse().map_err(|_| cannot("its path is invalid"))?;
    for line in &*head.headers {
        let name = HeaderName::from_bytes(line.name.as_bytes()).map_err(|_| cannot("it has an invalid header"))?;
        let value = HeaderValue::from_bytes(line.value).map_err(|_| cannot("it has an invalid header"))?;
        request.headers_mut().append(name, value);
    }
    Ok(request)
}
