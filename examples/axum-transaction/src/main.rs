//! The claim inside your own transaction: every scan becomes exactly one row in your table, even across a crash.
//!
//! Run it, with a Postgres server whose database you may write to:
//!
//! ```text
//! export DATABASE_URL=postgres://USER:PASSWORD@localhost/DATABASE
//! psql $DATABASE_URL -c 'CREATE TABLE scan (event text, code text, country text)'
//! QRSTUDIO_WEBHOOK_SECRET=whsec_test cargo run -p example-axum-transaction
//! ```
//!
//! Try it, from another terminal; then count: `psql $DATABASE_URL -c 'SELECT count(*) FROM scan'`
//!
//! ```text
//! QRSTUDIO_WEBHOOK_SECRET=whsec_test cargo run -p qrhook-cli -- send qrstudio scan.created http://127.0.0.1:8080/qrstudio
//! ```

use std::{env, str::FromStr, time::Duration};

use anyhow::ensure;
use axum::{Router, extract::State, http::StatusCode, routing::post};
use qrhook::{
    Receiver, Rejection, Secrets,
    qrstudio::{Payload, QrStudio},
    store::StoreErrorKind,
};
use qrhook_axum::{Rejected, Webhook, WebhookLayer, serve};
use qrhook_postgres::{PostgresStore, claim_in, commit};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    // If the database server is gone or hangs, the handler must not wait until its own limit.
    let server = PgConnectOptions::from_str(&env::var("DATABASE_URL")?)?.options([("statement_timeout", "1s")]);
    let pool = PgPoolOptions::new().acquire_timeout(Duration::from_secs(1)).connect_with(server).await?;

    // The store uses the same database. It creates its own tables and sweeps expired records.
    let store = PostgresStore::with_pool(pool.clone()).await?;
    let secrets = Secrets::from_env("QRSTUDIO_WEBHOOK_SECRET")?;
    let receiver = Receiver::<QrStudio>::builder("crm-sync", secrets, store).with_manual_claims().build()?;
    let on_event = post(on_event).layer(WebhookLayer::new(receiver.clone()));
    let app = Router::new().route("/qrstudio", on_event).with_state(pool);

    let listener = TcpListener::bind(env::var("ADDR").as_deref().unwrap_or("127.0.0.1:8080")).await?;
    let stopped = serve(listener, app).with_receiver(&receiver).await?;
    ensure!(stopped.is_complete(), "work was still unfinished after the shutdown: {stopped:?}");
    Ok(())
}

async fn on_event(State(pool): State<PgPool>, Webhook(delivery): Webhook<QrStudio>) -> Result<StatusCode, Rejected> {
    let mut transaction = pool.begin().await.map_err(failed)?;
    // A repeat returns here, with the same response as from any receiver.
    claim_in(&mut transaction, &delivery).await?;
    if let Payload::ScanCreated(scan) = &delivery.event().payload {
        sqlx::query("INSERT INTO scan (event, code, country) VALUES ($1, $2, $3)")
            .bind(delivery.id())
            .bind(scan.short_id.as_deref())
            .bind(scan.country.as_deref())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    // Commits both the event and the row, or neither. If the outcome is unknown, the sender's retry finds out.
    commit(transaction).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn failed(error: sqlx::Error) -> Rejected {
    tracing::error!(%error, "the scan was not written");
    Rejected(Rejection::Store(StoreErrorKind::Unavailable))
}
