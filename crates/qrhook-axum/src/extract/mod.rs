//! The extractors: three ways to a delivery.

mod claimed;
mod pick;
mod verified;
mod webhook;

use axum_core::{
    body::Body,
    response::{IntoResponse, Response},
};
use qrhook::Rejection;

pub use self::{
    claimed::Claimed,
    pick::{FromState, InArc, Pick},
    verified::Verified,
    webhook::{MissingLayer, Webhook},
};

/// Why [`Claimed`] or [`Verified`] gave no delivery: a rejection as an answer. Also for a handler that claims by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected(pub Rejection);

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        Self(rejection)
    }
}

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        self.0.to_response().map(Body::from)
    }
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Rejected {}
