//! A custom sender, built from the same parts as the built-in senders. It signs its id, the time and the body, in base64,
//! and has the id and the time in headers of their own.
//!
//! Run it:
//!
//! ```text
//! ACME_WEBHOOK_SECRET=s3cret cargo run -p example-custom-sender
//! ```
//!
//! Try it, from another terminal:
//!
//! ```text
//! BODY='{"id":"order-1","type":"order.paid","created":"2026-03-14T09:00:00Z","order":{"total":1200}}'
//! NOW=$(date +%s)
//! MAC=$(printf %s "order-1.$NOW.$BODY" | openssl dgst -sha256 -hmac s3cret -binary | base64)
//! curl -i http://127.0.0.1:8080/acme -d "$BODY" \
//!     -H "Acme-Signature: $MAC" -H "Acme-Id: order-1" -H "Acme-Timestamp: $NOW"
//! ```

use std::env;

use anyhow::ensure;
use axum::{
    Router,
    http::{HeaderName, StatusCode},
    routing::post,
};
use qrhook::{
    BodyProblem, MemoryStore, Receiver, Secrets,
    event::{Envelope, JsonEvent, Typed},
    provider::{Content, Decoded, HmacScheme, Policy, Provider, Scheme, Window},
};
use qrhook_axum::{Webhook, WebhookLayer, serve};
use tokio::net::TcpListener;

/// The data of the sender's events.
#[derive(serde::Deserialize)]
struct Order {
    total: u64,
}

#[derive(Default)]
struct Acme;

impl Provider for Acme {
    type Event = JsonEvent<Typed<Order>>;

    fn name(&self) -> &'static str {
        "acme"
    }

    fn policy(&self) -> Policy {
        Policy::JSON.with_window(Window::DEFAULT)
    }

    fn scheme(&self) -> Scheme {
        let header = HeaderName::from_static;
        let scheme = HmacScheme::new(header("acme-signature")).with_base64();
        scheme.with_id_header(header("acme-id")).with_time_header(header("acme-timestamp")).into()
    }

    fn decode(&self, content: Content<'_>) -> Result<Decoded<Self::Event>, BodyProblem> {
        let envelope = Envelope::new("id", "type").with_created_at("created").with_data("order");
        JsonEvent::decode(content, &envelope)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let secrets = Secrets::from_env("ACME_WEBHOOK_SECRET")?;
    let receiver = Receiver::<Acme>::new("orders", secrets, MemoryStore::new())?;
    let app = Router::new().route("/acme", post(on_order).layer(WebhookLayer::new(receiver.clone())));
    let listener = TcpListener::bind(env::var("ADDR").as_deref().unwrap_or("127.0.0.1:8080")).await?;
    let stopped = serve(listener, app).with_receiver(&receiver).await?;
    ensure!(stopped.is_complete(), "work was still unfinished after the shutdown: {stopped:?}");
    Ok(())
}

async fn on_order(Webhook(delivery): Webhook<Acme>) -> StatusCode {
    match &delivery.event().payload.data {
        Some(order) => {
            tracing::info!(id = delivery.id(), total = order.total, "paid");
            StatusCode::NO_CONTENT
        }
        // Authentic, but of another shape. A 2xx would mark the event as handled. With a 503 the sender tries again,
        // until this program knows the shape.
        None => {
            tracing::error!(id = delivery.id(), oddities = ?delivery.oddities(), "an order of an unknown shape");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
