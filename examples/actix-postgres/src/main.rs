//! Several receivers on one Postgres server: scans of QR Studio, each handed over once by one of them.
//!
//! Run it, any number of times, with a Postgres server whose database you may write to:
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

use std::{env, error::Error, time::Duration};

use actix_web::{App, HttpResponse, HttpServer, Responder, rt, web};
use qrhook::{
    Receiver, Secrets,
    qrstudio::{Payload, QrStudio},
};
use qrhook_actix::{Webhook, WebhookMiddleware};
use qrhook_postgres::PostgresStore;
use tokio::signal::{
    ctrl_c,
    unix::{SignalKind, signal},
};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    let store = PostgresStore::connect(&env::var("DATABASE_URL")?).await?;
    let secrets = Secrets::from_env("QRSTUDIO_WEBHOOK_SECRET")?;
    let receiver = Receiver::<QrStudio>::new("crm-sync", secrets, store)?;
    let hook = receiver.clone();
    let app = move || {
        let on_event = web::resource("/qrstudio").route(web::post().to(on_event));
        App::new().service(on_event.wrap(WebhookMiddleware::new(hook.clone())))
    };

    let address = env::var("ADDR");
    let address = address.as_deref().unwrap_or("127.0.0.1:8080");
    // Actix's own handling of signals would stop the workers, and with them the handlers that run.
    let server = HttpServer::new(app).bind(address)?.disable_signals().run();
    let handle = server.handle();
    let mut terminate = signal(SignalKind::terminate())?;
    // First the events that are being handled, then the server.
    rt::spawn(async move {
        tokio::select! {
            _ = ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        receiver.drain(Duration::from_secs(25)).await;
        handle.stop(true).await;
    });
    server.await?;
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
        // Events that you do not need are handled, too: any other answer would be retried.
        _ => HttpResponse::Ok(),
    }
}
