//! From a request to an accepted delivery.

use std::{future::poll_fn, pin::pin};

use actix_web::{HttpRequest, dev::Payload};
use futures_core::Stream;
use qrhook::{
    Provider, Receiver, Rejection,
    receiver::{Accepted, Host, Intake, within},
};

use crate::{
    convert::{self, RequestHeaders},
    host::Actix,
};

/// Reads a request and verifies it.
pub(crate) async fn accept<P: Provider>(
    receiver: &Receiver<P>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Accepted<P>, Rejection> {
    let method = convert::method(request.method());
    let mut intake = receiver.begin(&method, RequestHeaders(request.headers()), Actix.now())?;
    read(&mut intake, payload).await.inspect_err(|rejection| receiver.log(rejection))?;
    receiver.accept(intake)
}

/// Reads a payload to its end, within the intake's limits and time.
pub(crate) async fn read<P: Provider>(intake: &mut Intake<P>, payload: Payload) -> Result<(), Rejection> {
    let sleep = Actix.sleep(intake.time_left(Actix.now()));
    let reading = async {
        let mut payload = pin!(payload);
        while let Some(chunk) = poll_fn(|context| payload.as_mut().poll_next(context)).await {
            intake.push(chunk.map_err(|_| Rejection::BodyIncomplete)?)?;
        }
        Ok(())
    };
    within(reading, sleep).await.unwrap_or(Err(Rejection::BodyTimeout))
}
