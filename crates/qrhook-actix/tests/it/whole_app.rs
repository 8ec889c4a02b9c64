//! The middleware around a whole application, which panics when a copy of a request outlives its handler's call.

use std::time::Duration;

use actix_web::{App, HttpResponse, rt::time::sleep, test::init_service, web};
use qrhook::{MemoryStore, Receiver, Secrets, qrstudio::QrStudio};
use qrhook_actix::{Webhook, WebhookMiddleware};

use crate::request::{SECRET, signed, status};

async fn on_event(Webhook(delivery): Webhook<QrStudio>) -> HttpResponse {
    if delivery.id() == Some("late") {
        sleep(Duration::from_millis(200)).await;
    }
    HttpResponse::NoContent().finish()
}

#[actix_web::test]
async fn answers_early_and_late() {
    let receiver = Receiver::<QrStudio>::builder("test", Secrets::one(SECRET).unwrap(), MemoryStore::new());
    let short = Duration::from_millis(50);
    let receiver = receiver.with_body_time(short).with_deadline(short).build().unwrap();
    let app = App::new().route("/", web::post().to(on_event)).wrap(WebhookMiddleware::new(receiver.clone()));
    let app = init_service(app).await;
    assert_eq!(status(&app, signed("early").set_payload("forged")).await, 401);
    assert_eq!(status(&app, signed("late")).await, 503, "after the deadline");
    assert!(receiver.drain(Duration::from_secs(10)).await.is_complete());
    assert_eq!(status(&app, signed("another")).await, 503, "closing");
}

#[actix_web::test]
async fn leaves_what_is_not_found_to_the_application() {
    let receiver = crate::request::receiver::<QrStudio>();
    let app = App::new().route("/", web::post().to(on_event)).wrap(WebhookMiddleware::new(receiver));
    let app = init_service(app).await;
    assert_eq!(status(&app, signed("evt_1").uri("/nowhere")).await, 404);
    assert_eq!(status(&app, signed("evt_1")).await, 204, "the event was given back");
}
