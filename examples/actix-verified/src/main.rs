//! `Verified`: the signature alone, for a handler that has its own way to do things once.
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
    // Stands for a table with a unique column, or whatever does things once in your program.
    let (redeemed, mut queue) = mpsc::channel::<String>(100);
    rt::spawn(async move {
        while let Some(voucher) = queue.recv().await {
            tracing::info!(voucher, "redeemed");
        }
    });
    let redeemed = Data::new(redeemed);
    let app = move || {
        let app = App::new().app_data(verifier.clone()).app_data(redeemed.clone());
        // For every method: the extractor answers what is not a `POST`.
        app.route("/qrplanet", web::to(on_event))
    };
    let listener = TcpListener::bind(env::var("ADDR").as_deref().unwrap_or("127.0.0.1:8080"))?;
    let stopped = serve(listener, app).await?;
    ensure!(stopped.is_complete(), "not everything was finished at the end: {stopped:?}");
    Ok(())
}

/// Gets here for every verified request, repeats included.
async fn on_event(redeemed: Data<Sender<String>>, Verified(delivery): Verified<QrPlanet>) -> impl Responder {
    // A failed attempt is another variant, so nothing is given away for it.
    let Payload::VoucherRedeemed(redemption) = delivery.into_event().payload else { return HttpResponse::Ok() };
    let Some(voucher) = redemption.unique_id else { return HttpResponse::Ok() };
    match redeemed.try_send(voucher) {
        Ok(()) => HttpResponse::Accepted(),
        Err(_) => HttpResponse::ServiceUnavailable(),
    }
}
