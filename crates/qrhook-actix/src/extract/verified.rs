//! An extractor for the signature alone.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use qrhook::{
    Delivery, Provider, Rejection, UnixTime, Verifier,
    receiver::{Host, Intake},
};

use super::{ExtractError, app_data};
use crate::{
    convert::{self, RequestHeaders},
    host::Actix,
    read::read,
};

/// A delivery that was verified, and nothing else: no store, so a repeated delivery comes through every time. The
/// [`Verifier`] comes from `app_data`.
///
/// Route every method to it (`web::to`): what is not a `POST` is 405 then, with `Allow`. Behind `web::post()` it would be
/// actix's 404.
#[derive(Debug)]
pub struct Verified<P: Provider>(pub Delivery<P>);

impl<P: Provider> FromRequest for Verified<P> {
    type Error = ExtractError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let verifier: Verifier<P> = app_data(&request)?;
            verify(&verifier, &request, payload).await.map(Self).map_err(|rejection| {
                // There is no receiver, and so no name of an endpoint.
                rejection.log(P::NAME, "-");
                ExtractError::Rejected(rejection)
            })
        })
    }
}

async fn verify<P: Provider>(
    verifier: &Verifier<P>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Delivery<P>, Rejection> {
    let method = convert::method(request.method());
    let mut intake = Intake::begin(verifier, &method, RequestHeaders(request.headers()), Actix.now())?;
    read(&mut intake, payload).await?;
    Ok(intake.verify(UnixTime::now())?)
}
