//! Signed requests, and the handler's view of them.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{
    App, Error, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{Service, ServiceResponse},
    http::StatusCode,
    test::{TestRequest, init_service},
    web,
};
use qrhook::{
    MemoryStore, Provider, Receiver, Secrets, Store, UnixTime, qrplanet::QrPlanet, qrstudio::QrStudio,
    receiver::ReceiverBuilder, testing,
};
use qrhook_actix::{Webhook, WebhookMiddleware};

pub const SECRET: &str = "whsec_actix_tests";

/// The limit after which a test counts as hung.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A receiver with limits that do not run out on a busy machine.
pub fn builder<P: Provider + Default>(store: impl Store) -> ReceiverBuilder<P> {
    Receiver::builder("test", Secrets::one(SECRET).unwrap(), store)
        .with_body_time(PATIENCE)
        .with_store_time(PATIENCE)
        .with_handler_limit(PATIENCE)
        .with_deadline(PATIENCE.saturating_mul(2))
        .with_lease(PATIENCE.saturating_mul(4))
}

pub fn receiver<P: Provider + Default>() -> Receiver<P> {
    builder(MemoryStore::new()).build().unwrap()
}

pub fn signed(id: &str) -> TestRequest {
    let event = format!(r#"{{"type":"scan.created","id":"{id}","data":{{"short_id":"\u00fc"}} }}"#);
    let request = testing::sign::<QrStudio>(SECRET, event, UnixTime::now());
    let headers = request.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_owned()));
    headers.fold(TestRequest::post().uri("/"), |built, header| built.append_header(header)).set_payload(request.body)
}

/// Returns the status of the response. An error is turned into its response, as actix does it.
pub async fn status<S, B>(app: &S, request: TestRequest) -> StatusCode
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    match app.call(request.to_request()).await {
        Ok(response) => response.status(),
        Err(error) => error.error_response().status(),
    }
}

type Seen = web::Data<Mutex<Option<(HttpRequest, web::Bytes)>>>;

async fn see<P: Provider + Default>(seen: Seen, _: Webhook<P>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    // Only a copy is kept, because the original could not return to its pool.
    let mut copy = TestRequest::default();
    for (name, value) in request.headers() {
        copy = copy.append_header((name, value));
    }
    *seen.lock().unwrap() = Some((copy.to_http_request(), body));
    HttpResponse::Ok().finish()
}

#[actix_web::test]
async fn the_handler_sees_the_identical_bytes() {
    let seen: Seen = web::Data::from(Arc::default());
    let hook =
        web::resource("/").route(web::post().to(see::<QrStudio>)).wrap(WebhookMiddleware::new(receiver::<QrStudio>()));
    let app = init_service(App::new().app_data(seen.clone()).service(hook)).await;
    assert_eq!(status(&app, signed("evt_1")).await, StatusCode::OK);
    let (request, body) = seen.lock().unwrap().take().unwrap();
    assert_eq!(body, r#"{"type":"scan.created","id":"evt_1","data":{"short_id":"\u00fc"} }"#);
    assert_eq!(request.headers().get("content-type").unwrap(), "application/json");
    assert!(request.headers().contains_key("x-qrstudio-signature"));
}

#[actix_web::test]
async fn a_form_reaches_the_handler_without_its_token() {
    let seen: Seen = web::Data::from(Arc::default());
    let hook =
        web::resource("/").route(web::post().to(see::<QrPlanet>)).wrap(WebhookMiddleware::new(receiver::<QrPlanet>()));
    let app = init_service(App::new().app_data(seen.clone()).service(hook)).await;
    let multipart = format!(
        "--B\r\ncontent-disposition: form-data; name=\"event\"\r\n\r\nLEAD_CREATED\r\n\
         --B\r\ncontent-disposition: form-data; name=\"secrettoken\"\r\n\r\n{SECRET}\r\n\
         --B\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nAna M\u{fc}ller\r\n--B--\r\n"
    );
    let request = TestRequest::post().uri("/").append_header(("content-type", "multipart/form-data; boundary=B"));
    assert_eq!(status(&app, request.set_payload(multipart)).await, StatusCode::OK);
    let (request, body) = seen.lock().unwrap().take().unwrap();
    assert_eq!(body, "event=LEAD_CREATED&name=Ana+M%C3%BCller");
    assert_eq!(request.headers().get("content-type").unwrap(), "application/x-www-form-urlencoded");
    assert_eq!(request.headers().get("content-length").unwrap(), &body.len().to_string());
}
