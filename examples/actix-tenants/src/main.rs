//! One hook for many customers, each with a secret of their own: `/hooks/{customer}`. The secrets are in a table in
//! SQLite, where customers are added and secrets rotated while the program runs.
//!
//! Run it:
//!
//! ```text
//! cargo run -p example-actix-tenants
//! ```
//!
//! Add a customer, from another terminal, and deliver an event to their hook:
//!
//! ```text
//! sqlite3 customers.db "INSERT INTO customer VALUES ('acme', 'whsec_test', '2026-11')"
//! QRSTUDIO_WEBHOOK_SECRET=whsec_test cargo run -p qrhook-cli -- send qrstudio scan.created http://127.0.0.1:8080/hooks/acme
//! ```
//!
//! Rotate the secret: add the new one, change it at the platform, and remove the old one when its last retry is over.
//! Each change takes effect within 5 seconds.
//!
//! ```text
//! sqlite3 customers.db "INSERT INTO customer VALUES ('acme', 'whsec_new', '2026-12')"
//! sqlite3 customers.db "DELETE FROM customer WHERE name = 'acme' AND label = '2026-11'"
//! ```

use std::{env, net::TcpListener};

use actix_web::{App, HttpResponse, Responder, web};
use anyhow::ensure;
use example_customers::Customers;
use qrhook::{Receiver, qrstudio::QrStudio};
use qrhook_actix::{Webhook, WebhookMiddleware, serve};
use qrhook_sqlite::SqliteStore;

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let tenants = Customers::open("customers.db")?.tenants()?;
    let receiver = Receiver::<QrStudio>::new("scans", tenants, SqliteStore::open("qrhook.db")?)?;
    let hook = receiver.clone();
    let app = move || {
        let on_event = web::resource("/hooks/{customer}").route(web::post().to(on_event));
        App::new().service(on_event.wrap(WebhookMiddleware::new(hook.clone())))
    };

    let listener = TcpListener::bind(env::var("ADDR").as_deref().unwrap_or("127.0.0.1:8080"))?;
    let stopped = serve(listener, app).with_receiver(&receiver).await?;
    ensure!(stopped.is_complete(), "work was still unfinished after the shutdown: {stopped:?}");
    Ok(())
}

async fn on_event(Webhook(delivery): Webhook<QrStudio>) -> impl Responder {
    // Proven: the event is signed with a secret of this customer.
    tracing::info!(customer = delivery.tenant(), id = delivery.id(), "an event");
    HttpResponse::NoContent()
}
