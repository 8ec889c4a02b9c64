//! A request from arguments, files and standard input.

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::Path,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{failure::Failure, stderr_lines::note};

/// Reads a body, but at most one byte more than the limit, which is enough to see that it is too long.
pub(crate) fn body(path: &Path, limit: usize) -> Result<Bytes, Failure> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut body = Vec::new();
    let (read, name) = if path.as_os_str() == "-" {
        let input = io::stdin();
        if input.is_terminal() {
            note(format_args!("reading the body from standard input, until its end"));
        }
        (input.lock().take(limit).read_to_end(&mut body), "standard input".to_owned())
    } else {
        let opened = File::open(path);
        (opened.and_then(|file| file.take(limit).read_to_end(&mut body)), path.display().to_string())
    };
    read.map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
    Ok(body.into())
}

/// Header lines as in a request. Lines with the same name stay separate.
pub(crate) fn headers(lines: &[String], content_type: Option<&str>) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for line in lines {
        // The line is not repeated: it may contain a credential.
        let (name, value) =
            line.split_once(':').ok_or_else(|| Failure::usage("--header must be a line such as 'Name: value'"))?;
        let name: HeaderName = name.trim().parse().map_err(|_| Failure::usage("--header has an invalid name"))?;
        append(&mut headers, "--header", name, value)?;
    }
    if let Some(value) = content_type {
        append(&mut headers, "--content-type", header::CONTENT_TYPE, value)?;
    }
    Ok(headers)
}

fn append(headers: &mut HeaderMap, flag: &str, name: HeaderName, value: &str) -> Result<(), Failure> {
    let value = HeaderValue::from_bytes(value.trim_matches([' ', '\t']).as_bytes())
        .map_err(|_| Failure::usage(format!("{flag} has an invalid value (`{name}`)")))?;
    headers.try_append(name, value).map_err(|_| Failure::usage(format!("there are too many of {flag}")))?;
    Ok(())
}
