//! `Claimed`: an extractor that verifies and deduplicates, for a handler that decides which work runs under the claim.
//!
//! Run it:
//!
//! ```text
//! CODEQR_WEBHOOK_SECRET=whsec_test cargo run -p example-actix-claimed
//! ```
//!
//! Try it, from another terminal:
//!
//! ```text
//! CODEQR_WEBHOOK_SECRET=whsec_test cargo run -p qrhook-cli -- send codeqr sale.created http://127.0.0.1:8080/codeqr
//! ```

use std::{env, net::TcpListener, sync::Arc};

use actix_web::{App, HttpResponse, web};
use anyhow::ensure;
use qrhook::{
    Delivery, MemoryStore, Receiver, Secrets,
    codeqr::{CodeQr, Payload},
};
use qrhook_actix::{Claimed, serve};

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let secrets = Secrets::from_env("CODEQR_WEBHOOK_SECRET")?;
    let receiver = Receiver::<CodeQr>::new("shop", secrets, MemoryStore::new())?;
    let hook = receiver.clone();
    // All methods, because the extractor itself rejects everything but `POST`.
    let app = move || App::new().app_data(hook.clone()).route("/codeqr", web::to(on_event));

    let listener = TcpListener::bind(env::var("ADDR").as_deref().unwrap_or("127.0.0.1:8080"))?;
    let stopped = serve(listener, app).with_receiver(&receiver).await?;
    ensure!(stopped.is_complete(), "work was still unfinished after the shutdown: {stopped:?}");
    Ok(())
}

/// Called once for each event. The extractor rejects duplicates.
async fn on_event(claimed: Claimed<CodeQr>) -> HttpResponse {
    claimed.handle(book).await
}

/// The work, which continues even if the client disconnects. A 2xx commits the event; otherwise the sender retries it.
async fn book(delivery: Arc<Delivery<CodeQr>>) -> HttpResponse {
    let Payload::SaleCreated(conversion) = &delivery.event().payload else { return HttpResponse::Ok().finish() };
    let Some(sale) = &conversion.sale else { return HttpResponse::UnprocessableEntity().finish() };
    // The amount is in the smallest unit of the currency: cents, or whole yen.
    tracing::info!(amount = sale.amount, currency = sale.currency, "sold");
    HttpResponse::NoContent().finish()
}
