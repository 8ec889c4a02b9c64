//! The body of a request, piece by piece.

use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum_core::BoxError;
use bytes::{Buf, Bytes};
use http_body::Body;
use http_body_util::LengthLimitError;
use qrhook::{
    Rejection,
    receiver::adapter::{Pieces, broken_body},
};

/// The data of a body as it arrives. Trailers are skipped.
pub(crate) fn pieces<B>(mut body: Pin<&mut B>) -> impl Pieces
where
    B: Body<Error: Into<BoxError>>,
{
    move |context: &mut Context<'_>| {
        loop {
            match ready!(body.as_mut().poll_frame(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(broken(&*error.into())))),
                Some(Ok(frame)) => {
                    if let Ok(mut data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(whole(&mut data))));
                    }
                }
            }
        }
    }
}

/// The bytes of a piece. Those of hyper and axum are not copied.
fn whole(data: &mut impl Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}

/// The rejection for a body that ended early. Only this crate knows the error of an outer layer's limit; the core
/// judges the rest.
fn broken(error: &(dyn Error + 'static)) -> Rejection {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Rejection::BodyOverOuterLimit;
        }
        cause = error.source();
    }
    broken_body(error)
}
