//! Reading a payload into an intake.

use std::{future::poll_fn, pin::pin};

use actix_web::dev::Payload;
use futures_core::Stream;
use qrhook::{
    Provider, Rejection,
    receiver::{Host, Intake, within},
};

use crate::host::Actix;

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
