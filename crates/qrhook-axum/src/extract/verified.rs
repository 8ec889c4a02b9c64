//! An extractor for the signature alone.

use std::pin::pin;

use axum_core::extract::{FromRef, FromRequest, Request};
use qrhook::{Delivery, Provider, Verifier, receiver::adapter::verify};

use super::Rejected;
use crate::pieces::pieces;

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
        verify(&verifier, &parts.method, &parts.headers, pieces(pin!(body))).await.map(Self).map_err(Rejected)
    }
}
