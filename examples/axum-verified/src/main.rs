//! `Verified`: an extractor that checks the signature only, for a handler with its own deduplication.
//!
//! Run it:
//!
//! ```text
//! QRPLANET_SECRET_TOKEN=token_test cargo run -p example-axum-verified
//! ```
//!
//! Try it, from another terminal:
//!
//! ```text
//! QRPLANET_SECRET_TOKEN=token_test cargo run -p qrhook-cli -- send qrplanet VOUCHER_REDEEMED http://127.0.0.1:8080/qrplanet
//! ```

use std::env;

use anyhow::ensure;
use axum::{
    Router,
    extract::{FromRef, State},
    http::StatusCode,
    routing::any,
};
use qrhook::{
    Secrets, Verifier,
    qrplanet::{Payload, QrPlanet},
};
use qrhook_axum::{Verified, serve};
use tokio::{
    net::TcpListener,
    sync::mpsc::{self, Sender},
};

#[derive(Clone, FromRef)]
struct App {
    verifier: Verifier<QrPlanet>,
    redeemed: Sender<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let verifier = Verifier::new(Secrets::from_env("QRPLANET_SECRET_TOKEN")?);
    // A stand-in for your program's own deduplication, such as a table with a unique column.
    let (redeemed, mut queue) = mpsc::channel(100);
    tokio::spawn(async move {
        while let Some(voucher) = queue.recv().await {
            tracing::info!(voucher, "redeemed");
        }
    });
    // All methods, because the extractor itself rejects everything but `POST`.
    let app = Router::new().route("/qrplanet", any(on_event)).with_state(App { verifier, redeemed });
    let listener = TcpListener::bind(env::var("ADDR").as_deref().unwrap_or("127.0.0.1:8080")).await?;
    let stopped = serve(listener, app).await?;
    ensure!(stopped.is_complete(), "work was still unfinished after the shutdown: {stopped:?}");
    Ok(())
}

/// Called for every verified request, including repeats.
async fn on_event(State(app): State<App>, Verified(delivery): Verified<QrPlanet>) -> StatusCode {
    // A failed redemption is a different variant, so it never gets this far.
    let Payload::VoucherRedeemed(redemption) = delivery.into_event().payload else { return StatusCode::OK };
    let Some(voucher) = redemption.unique_id else {
        tracing::error!("a redemption without a voucher id");
        return StatusCode::ACCEPTED;
    };
    // Wait for room in the queue, because this sender may not try again.
    match app.redeemed.send(voucher).await {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
