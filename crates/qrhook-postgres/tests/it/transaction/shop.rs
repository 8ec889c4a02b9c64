//! A handler with its own database.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::Method;
use qrhook::{
    Delivery, MemoryStore, Provider, Receiver, Rejection, Secrets, UnixTime,
    qrstudio::QrStudio,
    receiver::{IdConflict, ReceiverBuilder, adapter::accept},
    testing::{ManualClock, SignedRequest, sign},
    verify::Head,
};
use qrhook_postgres::{PostgresStore, claim_in, commit};
use sqlx::{PgPool, Postgres, Transaction};

use crate::support::{LEASE, Server, connect, pool};

pub(crate) const SECRET: &str = "whsec_test";
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_778_335_283);
pub(crate) const RETENTION: Duration = Duration::from_secs(5 * 3600);
pub(crate) const SHORT_LEASE: Duration = Duration::from_secs(1);
pub(crate) const EVENT: &str = r#"{"id":"evt_1","type":"t","created_at":"2026-05-09T14:01:23Z"}"#;
pub(crate) const OTHER_OCCURRENCE: &str = r#"{"id":"evt_1","type":"t","created_at":"2026-05-10T14:01:23Z"}"#;
pub(crate) const DUPLICATE: Rejection = Rejection::Duplicate { id_conflict: false };
pub(crate) const CONFLICT: Rejection = Rejection::Duplicate { id_conflict: true };

/// Returns a delivery from a receiver with manual claims.
pub(crate) async fn delivery(body: &'static str, id_conflict: IdConflict) -> Arc<Delivery<QrStudio>> {
    delivery_by(receiver().with_id_conflict(id_conflict), body).await
}

/// The same, with a lease that is short enough for a test to wait for.
pub(crate) async fn short_lease() -> Arc<Delivery<QrStudio>> {
    let time = Duration::from_millis(100);
    delivery_by(receiver().with_handler_limit(time).with_store_time(time).with_lease(SHORT_LEASE), EVENT).await
}

fn receiver() -> ReceiverBuilder<QrStudio> {
    Receiver::builder("test", Secrets::one(SECRET).unwrap(), MemoryStore::new())
        .with_clock(ManualClock::at(NOW))
        .with_retention(RETENTION)
        .with_lease(LEASE)
        .with_manual_claims()
}

async fn delivery_by(receiver: ReceiverBuilder<QrStudio>, body: &'static str) -> Arc<Delivery<QrStudio>> {
    let receiver = receiver.build().unwrap();
    let request = sign::<QrStudio>(SECRET, body, NOW);
    open(&receiver, request).await
}

/// Opens a request, up to the delivery that a handler gets.
pub(crate) async fn open<P: Provider + Default>(receiver: &Receiver<P>, request: SignedRequest) -> Arc<Delivery<P>> {
    let mut body = Some(request.body);
    let next = move |_: &mut Context<'_>| Poll::Ready(body.take().map(Ok));
    let (work, reply) = accept(receiver, Head::new(&Method::POST, &request.headers), next).await.unwrap().open();
    let spawn = |rest| {
        tokio::spawn(rest);
    };
    Arc::clone(reply.wait(Box::pin(work), spawn).await.unwrap().delivery())
}

/// The handler's database, which also has the store's tables.
pub(crate) struct Shop {
    pub(crate) server: Server,
    pub(crate) pool: PgPool,
    pub(crate) store: PostgresStore,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let server = Server::start();
        let url = server.fresh_url().await;
        let store = connect(&url).await;
        let pool = pool(60).connect(&url).await.unwrap();
        sqlx::query("CREATE TABLE sale (id text)").execute(&pool).await.unwrap();
        Self { server, pool, store }
    }

    pub(crate) async fn begin(&self) -> Transaction<'static, Postgres> {
        self.pool.begin().await.unwrap()
    }

    pub(crate) async fn sales(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM sale").fetch_one(&self.pool).await.unwrap()
    }

    /// The handler from the documentation.
    pub(crate) async fn handle(&self, delivery: &Delivery<QrStudio>) -> Result<bool, Rejection> {
        let mut transaction = self.begin().await;
        let claimed = claim_in(&mut transaction, delivery).await?;
        sell(&mut transaction).await;
        commit(transaction).await?;
        Ok(claimed.id_conflict)
    }
}

impl Shop {
    /// Tries again while the event is in flight, as a sender does. A server reports an error before it releases the
    /// locks of the transaction.
    pub(crate) async fn retry(&self, delivery: &Delivery<QrStudio>) -> Result<bool, Rejection> {
        loop {
            match self.handle(delivery).await {
                Err(Rejection::InFlight) => tokio::time::sleep(Duration::from_millis(10)).await,
                handled => return handled,
            }
        }
    }
}

pub(crate) async fn sell(transaction: &mut Transaction<'_, Postgres>) {
    sqlx::query("INSERT INTO sale (id) VALUES ('evt_1')").execute(&mut **transaction).await.unwrap();
}

pub(crate) async fn event() -> Arc<Delivery<QrStudio>> {
    delivery(EVENT, IdConflict::Duplicate).await
}
