//! Refusals as outer middleware sees them.

use std::{cell::RefCell, rc::Rc, time::Duration};

use actix_web::{
    App, HttpResponse,
    dev::Service,
    http::StatusCode,
    middleware::DefaultHeaders,
    test::{TestRequest, call_service, init_service},
    web,
};
use qrhook::{MemoryStore, Rejection, qrstudio::QrStudio};
use qrhook_actix::WebhookMiddleware;

use crate::request::{builder, receiver, signed, status};

#[actix_web::test]
async fn a_refusal_is_a_response_with_its_reason() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&seen);
    let hook = web::resource("/").route(web::post().to(HttpResponse::NoContent));
    let app = App::new()
        .service(hook.wrap(WebhookMiddleware::new(receiver::<QrStudio>())))
        .wrap(DefaultHeaders::new().add(("x-outer", "1")))
        .wrap_fn(move |request, next| {
            let (log, answer) = (Rc::clone(&log), next.call(request));
            async move {
                let answer = answer.await;
                let reason = answer
                    .as_ref()
                    .ok()
                    .and_then(|response| response.response().extensions().get::<Rejection>().map(Rejection::reason));
                log.borrow_mut().push(reason);
                answer
            }
        });
    let app = init_service(app).await;
    let requests = [
        (TestRequest::post().uri("/").set_payload("{}"), StatusCode::UNAUTHORIZED),
        (signed("evt_1").uri("/"), StatusCode::NO_CONTENT),
        (signed("evt_1").uri("/"), StatusCode::OK),
    ];
    for (request, expected) in requests {
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), expected);
        assert_eq!(response.headers().get("x-outer").unwrap(), "1", "{expected}");
    }
    assert_eq!(*seen.borrow(), [Some("missing-signature"), None, Some("duplicate")]);
}

#[actix_web::test]
async fn an_answer_that_is_an_error_stays_what_it_is_however_often_it_is_read() {
    // However busy the machine is, the response at the deadline is this one.
    let soon = Duration::from_millis(50);
    let receiver = builder::<QrStudio>(MemoryStore::new()).with_body_time(soon).with_deadline(soon).build().unwrap();
    let slow = std::future::pending::<HttpResponse>;
    let hook = web::resource("/").route(web::post().to(slow));
    let app = App::new().service(hook.wrap(WebhookMiddleware::new(receiver))).wrap_fn(|request, next| {
        let answer = next.call(request);
        async move {
            let answer = answer.await;
            if let Err(error) = &answer {
                for _ in 0..2 {
                    assert_eq!(error.error_response().status(), StatusCode::SERVICE_UNAVAILABLE);
                }
            }
            answer
        }
    });
    let app = init_service(app).await;
    assert_eq!(status(&app, signed("evt_1")).await, StatusCode::SERVICE_UNAVAILABLE);
}
