//! Several receivers on one Postgres server: each scan of QR Studio is delivered once, by one of them.
//!
//! Run any number of instances, on a Postgres database that you may write to:
//!
//! ```text
//! export DATABASE_URL=postgres://USER:PASSWORD@localhost/DATABASE
//! ADDR=127.0.0.1:8080 QRSTUDIO_WEBHOOK_SECRET=whsec_test cargo run -p example-actix-postgres
//! ```
//!
//! Try it, from another terminal:
//!
//! ```text
//! QRSTUDIO_WEBHOOK_SECRET=whsec_test cargo run -p qrhook-cli -- send qrstudio scan.created http://127.0.0.1:8080/qrstudio
//! ```

use std::{env, net::TcpListener};

use actix_web::{App, HttpResponse, Responder, web};
use anyhow::ensure;
use qrhook::{
    Receiver, Secrets,
    qrstudio::{Payload, QrStudio},
};
use qrhook_actix::{Webhook, WebhookMiddleware, serve};
use qrhook_postgres::PostgresStore;

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let store = PostgresStore::connect(&env::var("DATABASE_URL")?).await?;
    let secrets = Secrets::from_env("QRSTUDIO_WEBHOOK_SECRET")?;
    let receiver = Receiver::<QrStudio>::new("crm-sync", secrets, store)?;
    let hook = receiver.clone();
    let app = move || {
        let on_event = web::resource("/qrstudio").route(web::post().to(on_event));
        App::new().service(on_event.wrap(WebhookMiddleware::new(hook.clone())))
    };

    let listener = TcpListener::bind(env::var("ADDR").as_deref().unwrap_or("127.0.0.1:8080"))?;
    let stopped = serve(listener, app).with_receiver(&receiver).await?;
    ensure!(stopped.is_complete(), "work was still unfinished after the shutdown: {stopped:?}");
    Ok(())
}

async fn on_event(Webhook(delivery): Webhook<QrStudio>) -> impl Responder {
    for oddity in delivery.oddities() {
        tracing::warn!(id = delivery.id(), "{oddity}");
    }
    match &delivery.event().payload {
        Payload::ScanCreated(scan) if scan.is_bot != Some(true) => {
            tracing::info!(code = scan.short_id, country = scan.country, "scanned");
            HttpResponse::NoContent()
        }
        // Accept the events that you do not need, too. Otherwise the sender would send them again.
        _ => HttpResponse::Ok(),
    }
}
