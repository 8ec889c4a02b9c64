//! The body of a request, piece by piece.

use std::{
    pin::Pin,
    task::{Context, ready},
};

use actix_web::{dev::Payload, error::PayloadError};
use futures_core::Stream;
use qrhook::{
    Rejection,
    receiver::adapter::{Pieces, broken_body},
};

/// The data of a payload as it arrives.
pub(crate) fn pieces(mut payload: Payload) -> impl Pieces {
    move |context: &mut Context<'_>| {
        let piece = ready!(Pin::new(&mut payload).poll_next(context));
        piece.map(|piece| piece.map_err(|error| broken(&error))).into()
    }
}

/// The rejection for a body that ended early. Only this crate knows the error of an outer limit; the core judges the
/// rest.
fn broken(error: &PayloadError) -> Rejection {
    match error {
        PayloadError::Overflow => Rejection::BodyOverOuterLimit,
        error => broken_body(error),
    }
}
