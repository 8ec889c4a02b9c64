//! An extractor for the signature alone.

use axum_core::{
    body::Body,
    extract::{FromRef, FromRequest, Request},
};
use http::request::Parts;
use qrhook::{
    Delivery, Provider, Rejection, UnixTime, Verifier,
    receiver::{Host, Intake},
};

use super::Rejected;
use crate::{host::Tokio, read::read};

/// A delivery that was verified, and nothing else: no store, so a repeated delivery comes through every time.
///
/// Route every method to it (`any`), and what is not a `POST` gets this project's 405 instead of the router's.
#[derive(Debug)]
pub struct Verified<P: Provider>(pub Delivery<P>);

impl<P: Provider, S: Send + Sync> FromRequest<S> for Verified<P>
where
    Verifier<P>: FromRef<S>,
{
    type Rejection = Rejected;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let verifier = Verifier::from_ref(state);
        let (parts, body) = request.into_parts();
        verify(&verifier, &parts, body).await.map(Self).map_err(|rejection| {
            // There is no receiver, and so no name of an endpoint.
            rejection.log(P::NAME, "-");
            Rejected(rejection)
        })
    }
}

async fn verify<P: Provider>(verifier: &Verifier<P>, parts: &Parts, body: Body) -> Result<Delivery<P>, Rejection> {
    let mut intake = Intake::begin(verifier, &parts.method, &parts.headers, Tokio.now())?;
    read(&mut intake, body).await?;
    Ok(intake.verify(UnixTime::now())?)
}
