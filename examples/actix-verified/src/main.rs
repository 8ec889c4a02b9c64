//! `Verified`: an extractor that checks the signature only, for a handler with its own deduplication.
//!
//! Run it:
//!
//! ```text
//! QRPLANET_SECRET_TOKEN=token_test cargo run -p example-actix-verified
//! ```
//!
//! Try it, from another terminal:
//!
//! ```text
//! QRPLANET_SECRET_TOKEN=token_test cargo run -p qrhook-cli -- send qrplanet VOUCHER_REDEEMED http://127.0.0.1:8080/qrplanet
//! ```

use std::{env, net::TcpListener};

use actix_web::{
    App, HttpResponse, Responder, rt,
    web::{self, Data},
};
use anyhow::ensure;
use qrhook::{
    Secrets, Verifier,
    qrplanet::{Payload, QrPlanet},
};
use qrhook_actix::{Verified, serve};
use tokio::sync::mpsc::{self, Sender};

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let verifier = Verifier::<QrPlanet>::new(Secrets::from_env("QRPLANET_SECRET_TOKEN")?);
    // A stand-in for your program's own deduplication, such as a table with a unique column.
    let (redeemed, mut queue) = mpsc::channel::<String>(100);
    rt::spawn(async move {
        while let Some(voucher) = queue.recv().await {
            tracing::info!(voucher, "redeemed");
        }
    });
    let redeemed = Data::new(redeemed);
    let app = move || {
        let app = App::new().app_data(verifier.clone()).app_data(redeemed.clone());
        // All methods, because the extractor itself rejects everything but `POST`.
        app.route("/qrplanet", web::to(on_event))
    };
    let listener = TcpListener::bind(env::var("ADDR").as_deref().unwrap_or("127.0.0.1:8080"))?;
    let stopped = serve(listener, app).await?;
    ensure!(stopped.is_complete(), "work was still unfinished after the shutdown: {stopped:?}");
    Ok(())
}

/// Called for every verified request, including repeats.
async fn on_event(redeemed: Data<Sender<String>>, Verified(delivery): Verified<QrPlanet>) -> impl Responder {
    // A failed redemption is a different variant, so it never gets this far.
    let Payload::VoucherRedeemed(redemption) = delivery.into_event().payload else { return HttpResponse::Ok() };
    let Some(voucher) = redemption.unique_id else { return HttpResponse::Ok() };
    match redeemed.try_send(voucher) {
        Ok(()) => HttpResponse::Accepted(),
        Err(_) => HttpResponse::ServiceUnavailable(),
    }
}
