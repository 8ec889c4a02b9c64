//! The servers, one for each kind. Each prints its port and serves until it is killed.

mod actix;
mod axum;
mod by_hand;

use std::{hint::black_box, io::Write, net::TcpListener};

use ::axum::{
    Json, Router,
    body::Bytes,
    http::StatusCode,
    routing::{any, post},
};
use axum_standardwebhooks::{SharedWebhook, StandardWebhook, Webhook as StandardSecret};
use nix::sys::{prctl::set_pdeathsig, signal::Signal};
use qrhook::{MemoryStore, Receiver, Secrets, Verifier, qrstudio::QrStudio};
use qrhook_axum::{Verified, Webhook, WebhookLayer};

use super::{
    Result,
    processor::{Core, pin},
    requests::{SECRET, STANDARD_SECRET},
    scripted,
};

/// Runs a server. With one worker it is pinned to one core; with more it is not pinned.
pub fn serve(kind: &str, workers: usize) -> Result<()> {
    // So that a killed client leaves no servers behind.
    set_pdeathsig(Signal::SIGKILL)?;
    if workers == 1 {
        pin(Core::Server)?;
    }
    let verifier = || -> Result<_> { Ok(Verifier::<QrStudio>::new(Secrets::one(SECRET)?)) };
    match kind {
        "axum-bare" => axum::run(Router::new().route("/hook", post(bare)), workers),
        "axum-verified" => axum::run(Router::new().route("/hook", any(verified)).with_state(verifier()?), workers),
        "axum-layer" => axum::run(layered(receiver()?), workers),
        // With a handler that waits once, so that it continues in a task.
        "axum-layer-waits" => axum::run(layered_and_waiting(receiver()?), workers),
        // No claim and no commit: they are left to the handler, which skips them.
        "axum-layer-manual" => {
            let builder = Receiver::builder("load", Secrets::one(SECRET)?, MemoryStore::new());
            axum::run(layered(builder.with_manual_claims().build()?), workers)
        }
        // The layer on this project's server.
        "axum-layer-served" => axum::run_ours(layered(receiver()?), workers),
        "axum-hand-verified" => axum::run(by_hand::verified(), workers),
        "axum-hand-task" => axum::run(by_hand::in_a_task(), workers),
        "axum-hand-time" => axum::run(by_hand::in_time(), workers),
        "axum-hand-once" => axum::run(by_hand::once(), workers),
        "axum-standardwebhooks" => {
            let webhook = SharedWebhook::new(StandardSecret::new(STANDARD_SECRET)?);
            axum::run(Router::new().route("/hook", post(standard)).with_state(webhook), workers)
        }
        "actix-bare" => actix::run_bare(workers),
        "actix-verified" => actix::run_verified(verifier()?, workers),
        "actix-middleware" => actix::run_middleware(receiver()?, workers),
        "flask" => scripted::run_flask(),
        "express" => scripted::run_express(),
        _ => Err(format!("there is no server `{kind}`").into()),
    }
}

fn receiver() -> Result<Receiver<QrStudio>> {
    // Enough room for all rounds.
    let store = MemoryStore::new().with_max_ids(usize::MAX);
    Ok(Receiver::new("load", Secrets::one(SECRET)?, store)?)
}

fn layered(receiver: Receiver<QrStudio>) -> Router {
    Router::new().route("/hook", post(webhook).layer(WebhookLayer::new(receiver)))
}

fn layered_and_waiting(receiver: Receiver<QrStudio>) -> Router {
    let waits = async |delivery| {
        tokio::task::yield_now().await;
        webhook(delivery).await
    };
    Router::new().route("/hook", post(waits).layer(WebhookLayer::new(receiver)))
}

async fn bare(body: Bytes) -> StatusCode {
    black_box(body);
    StatusCode::NO_CONTENT
}

async fn verified(Verified(delivery): Verified<QrStudio>) -> StatusCode {
    black_box(delivery);
    StatusCode::NO_CONTENT
}

async fn webhook(Webhook(delivery): Webhook<QrStudio>) -> StatusCode {
    black_box(delivery);
    StatusCode::NO_CONTENT
}

/// Verifies and parses, and remembers no ids.
async fn standard(StandardWebhook(Json(event)): StandardWebhook<Json<by_hand::Event>>) -> StatusCode {
    black_box(event);
    StatusCode::NO_CONTENT
}

/// Listens on a free port and prints it.
fn listen() -> Result<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}", listener.local_addr()?.port())?;
    output.flush()?;
    Ok(listener)
}
