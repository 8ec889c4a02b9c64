//! A receiver that claims in its handler's transaction and dies at a step of the handler: `exactly DATABASE_URL [STEP]`.
//! It prints the address that it listens on.
//!
//! The handler writes one row into each of two tables. Without a step, the program does not die.

use std::{
    env,
    error::Error,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use axum::{Router, http::StatusCode, routing::post};
use qrhook::{Delivery, Receiver, Rejection, Secrets, qrstudio::QrStudio, store::StoreErrorKind};
use qrhook_axum::{Rejected, Webhook, WebhookLayer};
use qrhook_postgres::{PostgresStore, claim_in, commit};
use sqlx::PgPool;
use tokio::net::TcpListener;

struct Work {
    pool: PgPool,
    dies_at: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, url, step @ ..] = arguments.as_slice() else {
        return Err("exactly DATABASE_URL [STEP]".into());
    };
    let pool = PgPool::connect(url).await?;
    let store = PostgresStore::with_pool(pool.clone()).await?;
    let receiver = Receiver::<QrStudio>::builder("exactly", Secrets::one("whsec_exactly")?, store).with_manual_claims();
    // The default would be too short on a busy machine.
    let receiver = receiver.with_deadline(Duration::from_secs(300)).build()?;
    let work = Arc::new(Work { pool, dies_at: step.first().cloned() });
    let on_event = move |Webhook(delivery): Webhook<QrStudio>| {
        let work = Arc::clone(&work);
        async move { work.handle(&delivery).await }
    };
    let app = Router::new().route("/", post(on_event).layer(WebhookLayer::new(receiver)));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

impl Work {
    async fn handle(&self, delivery: &Delivery<QrStudio>) -> Result<StatusCode, Rejected> {
        self.step("start");
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        self.step("begun");
        claim_in(&mut transaction, delivery).await?;
        self.step("claimed");
        for (table, behind) in [("scan", "written"), ("ledger", "all-written")] {
            let insert = sqlx::AssertSqlSafe(format!("INSERT INTO {table} (event) VALUES ($1)"));
            sqlx::query(insert).bind(delivery.id()).execute(&mut *transaction).await.map_err(failed)?;
            self.step(behind);
        }
        if self.dies_at.as_deref() == Some("committing") {
            // Sends the commit, but does not wait for the reply.
            let mut commit = pin!(transaction.commit());
            if let Poll::Ready(committed) = commit.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                committed.map_err(failed)?;
            }
            self.step("committing");
        } else {
            commit(transaction).await?;
        }
        self.step("committed");
        Ok(StatusCode::NO_CONTENT)
    }

    fn step(&self, step: &str) {
        if self.dies_at.as_deref() == Some(step) {
            // Like kill -9: nothing is dropped, flushed or rolled back.
            std::process::abort();
        }
    }
}

fn failed(_: sqlx::Error) -> Rejection {
    Rejection::Store(StoreErrorKind::Unavailable)
}
