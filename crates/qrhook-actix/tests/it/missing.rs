//! Parts that are missing in the program are named in the log, and not in the response.

use actix_web::{App, HttpResponse, test::init_service, web};
use qrhook::{Receiver, Verifier, qrstudio::QrStudio};
use qrhook_actix::{Claimed, Verified, Webhook};

use crate::{
    logs::Lines,
    request::{receiver, signed, status},
};

async fn layered(_: Webhook<QrStudio>) -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn claimed(claimed: Claimed<QrStudio>) -> HttpResponse {
    claimed.handle(async |_| HttpResponse::Ok().finish()).await
}

async fn verified(_: Verified<QrStudio>) -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[actix_web::test]
async fn is_a_server_error_and_a_line_that_names_it() {
    let (lines, _guard) = Lines::keep();
    let cases = [
        (web::post().to(layered), "WebhookMiddleware<"),
        (web::post().to(claimed), "Receiver<"),
        (web::post().to(verified), "Verifier<"),
    ];
    for (route, named) in cases {
        let app = init_service(App::new().route("/", route)).await;
        let before = lines.text().len();
        assert_eq!(status(&app, signed("evt_1")).await, 500, "{named}");
        let line = lines.text().split_off(before);
        assert!(line.contains("ERROR") && line.contains(named) && line.contains("path=\"/\""), "{line}");
    }
}

#[actix_web::test]
async fn is_found_as_it_is_or_inside_data() {
    let receiver: Receiver<QrStudio> = receiver();
    let verifier: Verifier<QrStudio> = receiver.verifier().clone();
    let plain = App::new().app_data(receiver.clone()).app_data(verifier.clone());
    let plain = plain.route("/", web::post().to(claimed)).route("/verified", web::post().to(verified));
    let inside = App::new().app_data(web::Data::new(receiver)).app_data(web::Data::new(verifier));
    let inside = inside.route("/", web::post().to(claimed)).route("/verified", web::post().to(verified));
    let (plain, inside) = (init_service(plain).await, init_service(inside).await);
    assert_eq!(status(&plain, signed("evt_1")).await, 200);
    assert_eq!(status(&plain, signed("evt_1").uri("/verified")).await, 200);
    assert_eq!(status(&inside, signed("evt_2")).await, 200);
    assert_eq!(status(&inside, signed("evt_2").uri("/verified")).await, 200);
}
