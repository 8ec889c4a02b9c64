//! QR-platform webhooks for axum and tower.

mod body;
mod extract;
mod host;
mod layer;
mod read;
mod service;
mod task;

pub use self::{
    body::ResponseBody,
    extract::{Claimed, MissingLayer, Rejected, Verified, Webhook},
    layer::WebhookLayer,
    service::WebhookService,
};
