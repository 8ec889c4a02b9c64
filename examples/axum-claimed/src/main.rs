//! `Claimed`: an extractor that verifies and deduplicates, for a handler that decides which work runs under the claim.
//!
//! Run it:
//!
//! ```text
//! CODEQR_WEBHOOK_SECRET=whsec_test cargo run -p example-axum-claimed
//! ```
//!
//! Try it, from another terminal:
//!
//! ```text
//! CODEQR_WEBHOOK_SECRET=whsec_test cargo run -p qrhook-cli -- send codeqr sale.created http://127.0.0.1:8080/codeqr
//! ```

use std::{env, sync::Arc};

use anyhow::ensure;
use axum::{Router, http::StatusCode, response::Response, routing::any};
use qrhook::{
    Delivery, MemoryStore, Receiver, Secrets,
    codeqr::{CodeQr, Payload},
};
use qrhook_axum::{Claimed, serve};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let secrets = Secrets::from_env("CODEQR_WEBHOOK_SECRET")?;
    let receiver = Receiver::<CodeQr>::new("shop", secrets, MemoryStore::new())?;
    // All methods, because the extractor itself rejects everything but `POST`.
    let app = Router::new().route("/codeqr", any(on_event)).with_state(receiver.clone());

    let listener = TcpListener::bind(env::var("ADDR").as_deref().unwrap_or("127.0.0.1:8080")).await?;
    let stopped = serve(listener, app).with_receiver(&receiver).await?;
    ensure!(stopped.is_complete(), "work was still unfinished after the shutdown: {stopped:?}");
    Ok(())
}

/// Called once for each event. The extractor rejects duplicates.
async fn on_event(claimed: Claimed<CodeQr>) -> Response {
    claimed.handle(book).await
}

/// The work, which continues even if the client disconnects. A 2xx commits the event; otherwise the sender retries it.
async fn book(delivery: Arc<Delivery<CodeQr>>) -> StatusCode {
    let Payload::SaleCreated(conversion) = &delivery.event().payload else { return StatusCode::OK };
    let Some(sale) = &conversion.sale else {
        // Authentic, but of an unexpected shape: log it for a person to look at. Refusing it would not help, and the
        // platform would disable the hook after twenty refusals in a row.
        tracing::error!(id = delivery.id(), oddities = ?delivery.oddities(), "a sale event without a sale");
        return StatusCode::ACCEPTED;
    };
    // The amount is in the smallest unit of the currency: cents, or whole yen.
    tracing::info!(amount = sale.amount, currency = sale.currency, "sold");
    StatusCode::NO_CONTENT
}
