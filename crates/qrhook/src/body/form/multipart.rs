//! `multipart/form-data` of a complete body.

use std::{
    borrow::Cow,
    convert::Infallible,
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures_core::Stream;
use multer::{Field, Multipart};

use super::{BodyProblem, Fields};

pub(super) fn read(body: &Bytes, boundary: &str, fields: &mut Fields<'_>) -> Result<(), BodyProblem> {
    let delimiter = format!("--{boundary}");
    let mut parts = Multipart::new(Whole(Some(body.clone())), boundary);
    while let Some(part) = ready(parts.next_field())? {
        fields.count()?;
        // A file is no field, as in PHP, whose receivers this sender documents: a token in one is not the token.
        let name = if part.file_name().is_none() { part.name().map(|name| name.as_bytes().to_vec()) } else { None };
        let headless = part.headers().is_empty();
        let value = value(part)?;
        // The parser takes the next part for the rest of one that has no header or no line for its value. Fields would
        // be lost without a word, and the token could stand in the value of another field.
        if headless || value.starts_with(delimiter.as_bytes()) {
            return Err(BodyProblem::BrokenForm);
        }
        if let Some(name) = name {
            fields.push(Cow::Owned(name), Cow::Owned(value));
        }
    }
    Ok(())
}

fn value(mut part: Field<'_>) -> Result<Vec<u8>, BodyProblem> {
    let mut value = Vec::new();
    while let Some(chunk) = ready(part.chunk())? {
        value.extend_from_slice(&chunk);
    }
    Ok(value)
}

/// The whole body is there, so the parser never has to wait; one that does is waiting for a body that broke off.
fn ready<T>(step: impl Future<Output = multer::Result<T>>) -> Result<T, BodyProblem> {
    match pin!(step).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(value)) => Ok(value),
        Poll::Ready(Err(_)) | Poll::Pending => Err(BodyProblem::BrokenForm),
    }
}

/// A stream of one chunk.
struct Whole(Option<Bytes>);

impl Stream for Whole {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}
