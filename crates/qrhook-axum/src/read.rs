//! From a request to an accepted delivery.

use std::pin::pin;

use bytes::{Buf, Bytes};
use http::request::Parts;
use http_body::Body;
use http_body_util::BodyExt;
use qrhook::{
    Provider, Receiver, Rejection,
    receiver::{Accepted, Host, Intake, within},
};

use crate::host::Tokio;

/// Reads a request and verifies it.
pub(crate) async fn accept<P: Provider, B: Body>(
    receiver: &Receiver<P>,
    parts: &Parts,
    body: B,
) -> Result<Accepted<P>, Rejection> {
    let mut intake = receiver.begin(&parts.method, &parts.headers, Tokio.now())?;
    read(&mut intake, body).await.inspect_err(|rejection| receiver.log(rejection))?;
    receiver.accept(intake)
}

/// Reads a body to its end, within the intake's limits and time.
pub(crate) async fn read<P: Provider, B: Body>(intake: &mut Intake<P>, body: B) -> Result<(), Rejection> {
    let sleep = Tokio.sleep(intake.time_left(Tokio.now()));
    let reading = async {
        let mut body = pin!(body);
        while let Some(frame) = body.as_mut().frame().await {
            let frame = frame.map_err(|_| Rejection::BodyIncomplete)?;
            if let Ok(mut data) = frame.into_data() {
                intake.push(whole(&mut data))?;
            }
        }
        Ok(())
    };
    within(reading, sleep).await.unwrap_or(Err(Rejection::BodyTimeout))
}

/// The bytes of a chunk; those of hyper and axum are not copied.
fn whole(data: &mut impl Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}
