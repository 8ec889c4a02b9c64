//! The layer and `Webhook`: each scan of QR Studio is delivered once, even across a restart.
//!
//! Run it:
//!
//! ```text
//! QRSTUDIO_WEBHOOK_SECRET=whsec_test cargo run -p example-axum-layer
//! ```
//!
//! Try it, from another terminal:
//!
//! ```text
//! QRSTUDIO_WEBHOOK_SECRET=whsec_test cargo run -p qrhook-cli -- send qrstudio scan.created http://127.0.0.1:8080/qrstudio
//! ```

use std::env;

use anyhow::ensure;
use axum::{Router, http::StatusCode, routing::post};
use qrhook::{
    Receiver, Secrets,
    qrstudio::{Payload, QrStudio},
};
use qrhook_axum::{Webhook, WebhookLayer, serve};
use qrhook_sqlite::SqliteStore;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let secrets = Secrets::from_env("QRSTUDIO_WEBHOOK_SECRET")?;
    let receiver = Receiver::<QrStudio>::new("crm-sync", secrets, SqliteStore::open("qrhook.db")?)?;
    let app = Router::new().route("/qrstudio", post(on_event).layer(WebhookLayer::new(receiver.clone())));

    let listener = TcpListener::bind(env::var("ADDR").as_deref().unwrap_or("127.0.0.1:8080")).await?;
    let stopped = serve(listener, app).with_receiver(&receiver).await?;
    ensure!(stopped.is_complete(), "work was still unfinished after the shutdown: {stopped:?}");
    Ok(())
}

async fn on_event(Webhook(delivery): Webhook<QrStudio>) -> StatusCode {
    for oddity in delivery.oddities() {
        tracing::warn!(id = delivery.id(), "{oddity}");
    }
    match &delivery.event().payload {
        Payload::ScanCreated(scan) if scan.is_bot != Some(true) => {
            tracing::info!(code = scan.short_id, country = scan.country, "scanned");
            StatusCode::NO_CONTENT
        }
        // Accept the events that you do not need, too. Otherwise the sender would send them again.
        _ => StatusCode::OK,
    }
}
