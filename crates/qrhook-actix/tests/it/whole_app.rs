//! The middleware around a whole application. Actix panics there if a copy of the request outlives the inner call.

use std::time::Duration;

use actix_web::{App, HttpResponse, test::init_service, web};
use qrhook::{MemoryStore, qrstudio::QrStudio};
use qrhook_actix::{Webhook, WebhookMiddleware};
use tokio::sync::Semaphore;

use crate::request::{PATIENCE, builder, signed, status};

/// The gate at which the late handler waits.
type Gate = web::Data<Semaphore>;

async fn on_event(Webhook(delivery): Webhook<QrStudio>, gate: Gate) -> HttpResponse {
    if delivery.id() == Some("late") {
        gate.acquire().await.unwrap().forget();
    }
    HttpResponse::NoContent().finish()
}

fn gate() -> Gate {
    Gate::new(Semaphore::new(0))
}

#[actix_web::test]
async fn answers_early_and_late() {
    let soon = Duration::from_millis(50);
    let receiver = builder::<QrStudio>(MemoryStore::new()).with_body_time(soon).with_deadline(soon).build().unwrap();
    let (gate, wrap) = (gate(), WebhookMiddleware::new(receiver.clone()));
    let app = App::new().app_data(gate.clone()).route("/", web::post().to(on_event)).wrap(wrap);
    let app = init_service(app).await;
    assert_eq!(status(&app, signed("early").set_payload("forged")).await, 401);
    assert_eq!(status(&app, signed("late")).await, 503, "after the deadline");
    gate.add_permits(1);
    assert!(receiver.drain(PATIENCE).await.is_complete());
    assert_eq!(status(&app, signed("another")).await, 503, "shutting down");
}

#[actix_web::test]
async fn leaves_what_is_not_found_to_the_application() {
    let receiver = crate::request::receiver::<QrStudio>();
    let app = App::new().app_data(gate()).route("/", web::post().to(on_event)).wrap(WebhookMiddleware::new(receiver));
    let app = init_service(app).await;
    assert_eq!(status(&app, signed("evt_1").uri("/nowhere")).await, 404);
    assert_eq!(status(&app, signed("evt_1")).await, 204, "the event was released");
}
