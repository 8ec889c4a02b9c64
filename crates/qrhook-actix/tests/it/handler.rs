//! Handlers that fail, and handlers that are not `Send`.

use std::{rc::Rc, sync::Arc, time::Duration};

use actix_web::{
    App, Error, HttpMessage, HttpResponse, Responder, ResponseError,
    dev::ServiceResponse,
    error::{ErrorConflict, ErrorGone, InternalError},
    http::StatusCode,
    rt::time::sleep,
    test::init_service,
    web,
};
use qrhook::{Delivery, MemoryStore, Rejection, qrstudio::QrStudio};
use qrhook_actix::{Claimed, ExtractError, Webhook, WebhookMiddleware};

use crate::request::{builder, receiver, signed, status};

/// Returns the error for an id.
fn error(id: Option<&str>) -> Error {
    match id {
        Some("conflict") => ErrorConflict("mine"),
        Some("gone") => ErrorGone("mine"),
        Some("redirect") => InternalError::new("mine", StatusCode::FOUND).into(),
        _ => InternalError::new("mine", StatusCode::OK).into(),
    }
}

async fn failing(Webhook(delivery): Webhook<QrStudio>) -> Result<HttpResponse, Error> {
    Err(error(delivery.id()))
}

#[actix_web::test]
async fn an_error_gives_the_event_back_and_never_ends_the_hook() {
    let receiver = receiver::<QrStudio>();
    let around = || WebhookMiddleware::new(receiver.clone());
    let handler = web::resource("/handler").route(web::post().to(failing)).wrap(around());
    let inner = web::resource("/middleware").route(web::post().to(HttpResponse::Ok)).wrap_fn(|request, _| {
        let delivery = request.extensions().get::<Arc<Delivery<QrStudio>>>().cloned();
        async move { Err::<ServiceResponse, _>(error(delivery.unwrap().id())) }
    });
    let fine = web::resource("/").route(web::post().to(HttpResponse::NoContent)).wrap(around());
    let app = init_service(App::new().service(handler).service(inner.wrap(around())).service(fine)).await;
    let cases = [
        ("/handler", "conflict", 409),
        ("/handler", "gone", 500),
        ("/handler", "redirect", 500),
        ("/middleware", "conflict", 409),
        ("/middleware", "gone", 500),
        ("/middleware", "redirect", 500),
        // An error is a failure, even if its status is a 2xx.
        ("/middleware", "fine", 500),
    ];
    for (path, id, expected) in cases {
        assert_eq!(status(&app, signed(id).uri(path)).await, expected, "{path} {id}");
    }
    for id in ["conflict", "gone", "redirect", "fine"] {
        assert_eq!(status(&app, signed(id)).await, 204, "the retry of {id}");
        assert_eq!(status(&app, signed(id)).await, 200, "the repeat of {id}");
    }
}

#[actix_web::test]
async fn a_handler_that_claims_by_itself_answers_with_what_it_found() {
    let receiver = builder::<QrStudio>(MemoryStore::new()).with_manual_claims().build().unwrap();
    fn found(id: Option<&str>) -> Result<HttpResponse, ExtractError> {
        match id {
            Some("evt_done") => Err(Rejection::Duplicate { id_conflict: false }.into()),
            Some("evt_running") => Err(Rejection::InFlight.into()),
            _ => Ok(HttpResponse::NoContent().finish()),
        }
    }
    let on_event = |Webhook(delivery): Webhook<QrStudio>| async move { found(delivery.id()) };
    let around = || WebhookMiddleware::new(receiver.clone());
    let handler = web::resource("/handler").route(web::post().to(on_event)).wrap(around());
    let inner = web::resource("/middleware").route(web::post().to(HttpResponse::Ok)).wrap_fn(|request, _| {
        let delivery = request.extensions().get::<Arc<Delivery<QrStudio>>>().cloned();
        async move { Err::<ServiceResponse, _>(found(delivery.unwrap().id()).unwrap_err().into()) }
    });
    let app = init_service(App::new().service(handler).service(inner.wrap(around()))).await;
    for (path, id, expected) in [
        ("/handler", "evt_new", 204),
        ("/handler", "evt_done", 200),
        ("/handler", "evt_running", 503),
        ("/middleware", "evt_done", 200),
        ("/middleware", "evt_running", 503),
    ] {
        assert_eq!(status(&app, signed(id).uri(path)).await, expected, "{path} {id}");
    }
    assert_eq!(receiver.counts(), [("duplicate", 2), ("handled", 1), ("in-flight", 2)].into());
}

/// A middleware in between may have set its own status.
#[actix_web::test]
async fn the_status_that_goes_out_decides_and_not_the_rejection_within() {
    let answer = |rejection: Rejection, status: u16| {
        move || {
            let mut response = ExtractError::from(rejection.clone()).error_response();
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            async move { response }
        }
    };
    let duplicate = Rejection::Duplicate { id_conflict: false };
    let around = WebhookMiddleware::new(receiver::<QrStudio>());
    let route = |path: &str, rejection: Rejection, status: u16| {
        web::resource(path).route(web::post().to(answer(rejection, status))).wrap(around.clone())
    };
    let app = App::new()
        .service(route("/duplicate/500", duplicate.clone(), 500))
        .service(route("/duplicate/204", duplicate, 204))
        .service(route("/in-flight/204", Rejection::InFlight, 204));
    let app = init_service(app).await;
    for (path, id, expected) in [
        ("/duplicate/500", "evt_1", 500),
        // The event was released, and is handled now.
        ("/duplicate/204", "evt_1", 204),
        ("/in-flight/204", "evt_2", 204),
        // The event was committed.
        ("/duplicate/500", "evt_2", 200),
    ] {
        assert_eq!(status(&app, signed(id).uri(path)).await, expected, "{path} {id}");
    }
}

/// A handler that holds an `Rc` across an await, which actix allows and a work-stealing runtime does not.
async fn on_one_thread(status: StatusCode) -> impl Responder {
    let local = Rc::new(status);
    sleep(Duration::from_millis(1)).await;
    HttpResponse::build(*local)
}

#[actix_web::test]
async fn a_handler_need_not_be_send() {
    let receiver = receiver::<QrStudio>();
    let layered = |_: Webhook<QrStudio>| on_one_thread(StatusCode::CREATED);
    let claimed = |claimed: Claimed<QrStudio>| claimed.handle(|_| on_one_thread(StatusCode::ACCEPTED));
    let middleware = WebhookMiddleware::new(receiver.clone());
    let layered =
        init_service(App::new().service(web::resource("/").route(web::post().to(layered)).wrap(middleware))).await;
    let claimed = init_service(App::new().app_data(receiver).route("/", web::post().to(claimed))).await;
    assert_eq!(status(&layered, signed("evt_1")).await, 201);
    assert_eq!(status(&claimed, signed("evt_2")).await, 202);
}
