//! Receives the webhooks of {{title}}. README.md has the next steps.

use std::net::TcpListener;

use actix_web::{App, HttpResponse, Responder, web};
use qrhook::{
    Receiver, Secrets,
    {{sender}}::{Payload, {{Provider}}},
};
use qrhook_actix::{Webhook, WebhookMiddleware, serve};
use {{Store}};

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt::init();
    let secrets = Secrets::from_env("{{VARIABLE}}")?;
    {{open_store}}
    let receiver = Receiver::<{{Provider}}>::new("{{name}}", secrets, store)?;

    let listener = TcpListener::bind("127.0.0.1:8080")?;
    println!("listening at http://{}/{{sender}}", listener.local_addr()?);
    let hook = receiver.clone();
    let app = move || App::new().configure(|config| routes(config, &hook));
    let stopped = serve(listener, app).with_receiver(&receiver).await?;
    anyhow::ensure!(stopped.is_complete(), "some work was unfinished at the end: {stopped:?}");
    Ok(())
}

fn routes(config: &mut web::ServiceConfig, receiver: &Receiver<{{Provider}}>) {
    let on_event = web::resource("/{{sender}}").route(web::post().to(on_event));
    config.service(on_event.wrap(WebhookMiddleware::new(receiver.clone())));
}

/// Called once for each event. A 2xx status marks the event as handled. {{retries}}
async fn on_event(Webhook(delivery): Webhook<{{Provider}}>) -> impl Responder {
    match &delivery.event().payload {
        {{arm}}
        _ => println!("an event of type {:?}", delivery.event_type()),
    }
    HttpResponse::NoContent()
}

#[cfg(test)]
mod tests {
    use actix_web::{http::StatusCode, test};
    use qrhook::{MemoryStore, UnixTime, testing};

    use super::*;

    #[actix_web::test]
    async fn handles_a_signed_event_and_refuses_a_forged_one() -> anyhow::Result<()> {
        let receiver = Receiver::<{{Provider}}>::new("test", Secrets::one("right-secret")?, MemoryStore::new())?;
        let app = test::init_service(App::new().configure(|config| routes(config, &receiver))).await;
        let sample = testing::samples::find("{{sender}}", "{{event}}").expect("a sample of this event");
        for (secret, expected) in
            [("right-secret", StatusCode::NO_CONTENT), ("wrong-secret", StatusCode::UNAUTHORIZED)]
        {
            let signed = testing::sign::<{{Provider}}>(secret, sample.body, UnixTime::now());
            let mut request = test::TestRequest::post().uri("/{{sender}}").set_payload(signed.body);
            for (name, value) in &signed.headers {
                request = request.append_header((name.as_str(), value.as_bytes()));
            }
            let response = test::call_service(&app, request.to_request()).await;
            assert_eq!(response.status(), expected);
        }
        Ok(())
    }
}
