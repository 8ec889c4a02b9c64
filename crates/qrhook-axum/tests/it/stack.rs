//! The layer between the layers of tower-http.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body, routing::post};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, Request, StatusCode};
use qrhook::{Rejection, UnixTime, qrstudio::QrStudio, testing};
use qrhook_axum::{Webhook, WebhookLayer};
use tower::{ServiceBuilder, ServiceExt};
use tower_http::{
    add_extension::AddExtensionLayer,
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::CorsLayer,
    decompression::RequestDecompressionLayer,
    limit::RequestBodyLimitLayer,
    map_request_body::MapRequestBodyLayer,
    map_response_body::MapResponseBodyLayer,
    normalize_path::NormalizePathLayer,
    propagate_header::PropagateHeaderLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    sensitive_headers::SetSensitiveHeadersLayer,
    set_header::SetResponseHeaderLayer,
    timeout::{RequestBodyTimeoutLayer, ResponseBodyTimeoutLayer, TimeoutLayer},
    trace::TraceLayer,
    validate_request::ValidateRequestHeaderLayer,
};

use crate::{
    client::{SECRET, event},
    server::receiver,
};

const MARK: HeaderName = HeaderName::from_static("x-mark");

async fn handler(_: Webhook<QrStudio>, body: Bytes) -> Bytes {
    body
}

/// Adds the common layers to one side of the hook. A macro, because the type of the stack differs from side to side.
macro_rules! common {
    ($stack:expr) => {
        $stack
            .layer(SetSensitiveHeadersLayer::new([MARK]))
            .layer(TraceLayer::new_for_http())
            .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer(PropagateHeaderLayer::new(MARK))
            .layer(AddExtensionLayer::new(Arc::new(())))
            .layer(NormalizePathLayer::trim_trailing_slash())
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(60)))
            .layer(CorsLayer::permissive())
            .layer(ValidateRequestHeaderLayer::accept("application/json"))
            .layer(SetResponseHeaderLayer::overriding(MARK, HeaderValue::from_static("set")))
    };
}

fn request(id: &str) -> Request<Body> {
    let signed = testing::sign::<QrStudio>(SECRET, event(id), UnixTime::now());
    let mut request = Request::post("/").body(Body::from(signed.body)).unwrap();
    *request.headers_mut() = signed.headers;
    request
}

#[tokio::test]
async fn compiles_and_works_between_the_common_layers() {
    let outside = common!(ServiceBuilder::new())
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .layer(ResponseBodyTimeoutLayer::new(Duration::from_secs(60)))
        .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(60)))
        .layer(RequestBodyLimitLayer::new(1024))
        .layer(MapRequestBodyLayer::new(Body::new))
        .layer(MapResponseBodyLayer::new(Body::new))
        .layer(WebhookLayer::new(receiver::<QrStudio>()));
    let inside = common!(ServiceBuilder::new())
        .layer(RequestDecompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(RequestBodyLimitLayer::new(1024));
    let app = Router::new().route("/", post(handler).layer(ServiceBuilder::new().layer(outside).layer(inside)));
    let response = app.clone().oneshot(request("evt_1")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[MARK], "set");
    let forged = Request::post("/").body(Body::from(event("evt_2"))).unwrap();
    assert_eq!(app.oneshot(forged).await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

/// A layer that responds without calling the hook creates an empty body.
#[tokio::test]
async fn a_timeout_around_the_hook_compiles() {
    let timeout = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(60));
    let layers = ServiceBuilder::new().layer(timeout).layer(WebhookLayer::new(receiver::<QrStudio>()));
    let app = Router::new().route("/", post(handler).layer(layers));
    assert_eq!(app.oneshot(request("evt_1")).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_limit_outside_of_the_hook_is_answered_as_that() {
    let layers =
        ServiceBuilder::new().layer(RequestBodyLimitLayer::new(1024)).layer(WebhookLayer::new(receiver::<QrStudio>()));
    let app = Router::new().route("/", post(handler).layer(layers));
    let body = event("evt_1") + &" ".repeat(2048);
    let signed = testing::sign::<QrStudio>(SECRET, body.clone(), UnixTime::now());
    let pieces = body.into_bytes().chunks(100).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect::<Vec<_>>();
    let mut chunked = Request::post("/").body(Body::from_stream(stream::iter(pieces))).unwrap();
    *chunked.headers_mut() = signed.headers;
    chunked.headers_mut().remove("content-length");
    let response = app.oneshot(chunked).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(response.extensions().get(), Some(&Rejection::BodyOverOuterLimit));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_outside_of_the_hook_is_answered_as_that() {
    let layers = ServiceBuilder::new()
        .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(1)))
        .layer(WebhookLayer::new(receiver::<QrStudio>()));
    let app = Router::new().route("/", post(handler).layer(layers));
    let mut stalled =
        Request::post("/").body(Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>())).unwrap();
    *stalled.headers_mut() = testing::sign::<QrStudio>(SECRET, event("evt_1"), UnixTime::now()).headers;
    let response = app.oneshot(stalled).await.unwrap();
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(response.extensions().get(), Some(&Rejection::BodyTimeout));
}

tokio::task_local! {
    static REGION: &'static str;
}

async fn region(_: Webhook<QrStudio>) -> &'static str {
    REGION.with(|region| *region)
}

#[tokio::test]
async fn a_context_of_the_request_is_carried_into_its_handler() {
    let hook = WebhookLayer::new(receiver::<QrStudio>()).with_scope(|task| {
        let region = REGION.with(|region| *region);
        Box::pin(REGION.scope(region, task))
    });
    let app = Router::new().route("/", post(region).layer(hook));
    let response = REGION.scope("eu", app.oneshot(request("evt_1"))).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(axum::body::to_bytes(response.into_body(), 10).await.unwrap(), "eu");
}

#[tokio::test]
async fn a_request_without_a_layer_gives_no_delivery() {
    async fn optional(delivery: Option<Webhook<QrStudio>>) -> StatusCode {
        delivery.map_or(StatusCode::NOT_FOUND, |delivery| {
            assert_eq!((delivery.id(), delivery.clone().id()), (Some("evt_1"), Some("evt_1")));
            StatusCode::OK
        })
    }
    let bare = Router::new().route("/", post(optional));
    assert_eq!(bare.oneshot(request("evt_1")).await.unwrap().status(), StatusCode::NOT_FOUND);
    let layered = post(optional).layer(WebhookLayer::new(receiver::<QrStudio>()));
    let app = Router::new().route("/", layered);
    assert_eq!(app.oneshot(request("evt_1")).await.unwrap().status(), StatusCode::OK);
}
