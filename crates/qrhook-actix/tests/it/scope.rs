//! The context of the request in its handler.

use actix_web::{
    App, HttpMessage, HttpResponse,
    dev::Service,
    http::StatusCode,
    test::{call_and_read_body, call_service, init_service},
    web,
};
use qrhook::qrstudio::QrStudio;
use qrhook_actix::{Webhook, WebhookMiddleware};

use crate::request::{receiver, signed};

tokio::task_local! {
    static REGION: &'static str;
}

#[actix_web::test]
async fn a_context_of_the_request_is_carried_into_its_handler() {
    let hook = WebhookMiddleware::new(receiver::<QrStudio>()).with_scope(|task| {
        let region = REGION.with(|region| *region);
        Box::pin(REGION.scope(region, task))
    });
    let region = async |_: Webhook<QrStudio>| REGION.with(|region| *region);
    let app = App::new()
        .service(web::resource("/").route(web::post().to(region)).wrap(hook))
        .wrap_fn(|request, next| REGION.scope("eu", next.call(request)));
    let app = init_service(app).await;
    assert_eq!(call_and_read_body(&app, signed("evt_1").to_request()).await, "eu");
}

#[actix_web::test]
async fn the_extensions_of_a_request_need_no_scope() {
    let handler = async |request: actix_web::HttpRequest, delivery: Webhook<QrStudio>| {
        assert_eq!((delivery.id(), delivery.clone().id()), (Some("evt_1"), Some("evt_1")));
        assert_eq!(request.extensions().get::<u8>(), Some(&7));
        HttpResponse::NoContent().finish()
    };
    let app = App::new()
        .service(web::resource("/").route(web::post().to(handler)).wrap(WebhookMiddleware::new(receiver::<QrStudio>())))
        .wrap_fn(|request, next| {
            request.extensions_mut().insert(7_u8);
            next.call(request)
        });
    let app = init_service(app).await;
    assert_eq!(call_service(&app, signed("evt_1").to_request()).await.status(), StatusCode::NO_CONTENT);
}
