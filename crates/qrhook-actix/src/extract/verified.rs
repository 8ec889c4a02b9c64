//! An extractor for the signature alone.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use qrhook::{Delivery, Provider, Verifier};

use super::{ExtractError, app_data};
use crate::convert::verify;

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
            verify(&verifier, &request, payload).await.map(Self).map_err(ExtractError::Rejected)
        })
    }
}
