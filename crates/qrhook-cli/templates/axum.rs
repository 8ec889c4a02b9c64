//! Receives the webhooks of {{title}}. README.md has the next steps.

use axum::{Router, http::StatusCode, routing::post};
use qrhook::{
    Receiver, Secrets,
    {{sender}}::{Payload, {{Provider}}},
};
use qrhook_axum::{Webhook, WebhookLayer, serve};
use {{Store}};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt::init();
    let secrets = Secrets::from_env("{{VARIABLE}}")?;
    {{open_store}}
    let receiver = Receiver::<{{Provider}}>::new("{{name}}", secrets, store)?;

    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    println!("listening at http://{}/{{sender}}", listener.local_addr()?);
    let stopped = serve(listener, app(&receiver)).with_receiver(&receiver).await?;
    anyhow::ensure!(stopped.is_complete(), "some work was unfinished at the end: {stopped:?}");
    Ok(())
}

fn app(receiver: &Receiver<{{Provider}}>) -> Router {
    Router::new().route("/{{sender}}", post(on_event).layer(WebhookLayer::new(receiver.clone())))
}

/// Called once for each event. A 2xx status marks the event as handled. {{retries}}
async fn on_event(Webhook(delivery): Webhook<{{Provider}}>) -> StatusCode {
    match &delivery.event().payload {
        {{arm}}
        _ => println!("an event of type {:?}", delivery.event_type()),
    }
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use qrhook::{MemoryStore, UnixTime, testing};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn handles_a_signed_event_and_refuses_a_forged_one() -> anyhow::Result<()> {
        let receiver = Receiver::<{{Provider}}>::new("test", Secrets::one("right-secret")?, MemoryStore::new())?;
        let app = app(&receiver);
        let sample = testing::samples::find("{{sender}}", "{{event}}").expect("a sample of this event");
        for (secret, expected) in
            [("right-secret", StatusCode::NO_CONTENT), ("wrong-secret", StatusCode::UNAUTHORIZED)]
        {
            let signed = testing::sign::<{{Provider}}>(secret, sample.body, UnixTime::now());
            let mut request = Request::post("/{{sender}}").body(Body::from(signed.body))?;
            *request.headers_mut() = signed.headers;
            assert_eq!(app.clone().oneshot(request).await?.status(), expected);
        }
        Ok(())
    }
}
