//! `Verified`: the signature alone, for a handler that has its own way to do things once.
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
    // Stands for a table with a unique column, or whatever does things once in your program.
    let (redeemed, mut queue) = mpsc::channel(100);
    tokio::spawn(async move {
        while let Some(voucher) = queue.recv().await {
            tracing::info!(voucher, "redeemed");
        }
    });
    // `any`: the extractor answers what is not a `POST`.
    let app = Router::new().route("/qrplanet", any(on_event)).with_state(App { verifier, redeemed });
    let listener = TcpListener::bind(env::var("ADDR").as_deref().unwrap_or("127.0.0.1:8080")).await?;
    let stopped = serve(listener, app).await?;
    ensure!(stopped.is_complete(), "not everything was finished at the end: {stopped:?}");
    Ok(())
}

/// Gets here for every verified request, repeats included.
async fn on_event(State(app): State<App>, Verified(delivery): Verified<QrPlanet>) -> StatusCode {
    // A failed attempt is another variant, so nothing is given away for it.
    let Payload::VoucherRedeemed(redemption) = delivery.into_event().payload else { return StatusCode::OK };
    let Some(voucher) = redemption.unique_id else {
        tracing::error!("a redemption that does not say of which voucher");
        return StatusCode::ACCEPTED;
    };
    // Waits for room in the queue: this sender may not come again.
    match app.redeemed.send(voucher).await {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
