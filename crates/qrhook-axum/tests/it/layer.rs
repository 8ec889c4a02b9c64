//! The layer.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use qrhook::{MemoryStore, Rejection, UnixTime, qrplanet::QrPlanet, qrstudio::QrStudio, testing};
use qrhook_axum::WebhookLayer;
use tower::{Layer, Service, ServiceExt, service_fn};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    client::{SECRET, event, post, send, signed},
    server::{Server, builder, receiver},
};

#[tokio::test]
async fn the_handler_sees_the_identical_bytes() {
    let server = Server::start().await;
    let body = event("evt_1").replace("\"a\"", "\"\u{fc}\" ");
    assert_eq!(send(server.address, &signed::<QrStudio>("/layer", body.clone())).await, 204);
    let (headers, seen) = server.seen.lock().unwrap().take().unwrap();
    assert_eq!(seen, body.as_bytes());
    assert_eq!(headers["content-type"], "application/json");
    assert!(headers.contains_key("x-qrstudio-signature"));
}

#[tokio::test]
async fn a_form_reaches_the_handler_without_its_token() {
    let server = Server::start().await;
    let multipart = format!(
        "--B\r\ncontent-disposition: form-data; name=\"event\"\r\n\r\nLEAD_CREATED\r\n\
         --B\r\ncontent-disposition: form-data; name=\"secrettoken\"\r\n\r\n{SECRET}\r\n\
         --B\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nAna M\u{fc}ller\r\n--B--\r\n"
    );
    let request = post("/planet", "content-type: multipart/form-data; boundary=B\r\n", multipart.as_bytes());
    let answer = send(server.address, &request).await;
    assert_eq!(answer, 204);
    let (headers, seen) = server.seen.lock().unwrap().take().unwrap();
    assert_eq!(seen, "event=LEAD_CREATED&name=Ana+M%C3%BCller");
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(headers["content-length"], seen.len().to_string());
    let unsupported = post("/planet", "content-type: text/plain\r\n", multipart.as_bytes());
    assert_eq!(send(server.address, &unsupported).await, 415);
}

/// The token has arrived, so only the missing end shows that the form is incomplete.
#[tokio::test]
async fn a_form_that_breaks_off_behind_its_token_reaches_no_handler() {
    let server = Server::start().await;
    let head = "POST /planet HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\
                content-type: application/x-www-form-urlencoded\r\n\r\n";
    let form = format!("event=LEAD_CREATED&secrettoken={SECRET}&name=A");
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(format!("{head}{:x}\r\n{form}\r\n", form.len()).as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    // A client that stops in the middle need not get a response.
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer));
    assert!(server.seen.lock().unwrap().is_none());
}

#[tokio::test]
async fn a_redirect_is_no_answer_and_leads_nowhere() {
    let redirecting = service_fn(|_: Request<Full<Bytes>>| async {
        let response = Response::builder().status(301).header("location", "/elsewhere");
        response.body(Full::<Bytes>::default())
    });
    let response =
        WebhookLayer::new(receiver::<QrStudio>()).layer(redirecting).oneshot(request("evt_1")).await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers().get("location")), (500, None));
}

#[tokio::test]
async fn a_handler_without_the_layer_is_a_server_error() {
    let server = Server::start().await;
    assert_eq!(send(server.address, &signed::<QrStudio>("/bare", event("evt_1"))).await, 500);
    assert!(server.seen.lock().unwrap().is_none());
}

fn request(id: &str) -> Request<Full<Bytes>> {
    let signed = testing::sign::<QrStudio>(SECRET, event(id), UnixTime::now());
    let mut request = Request::post("/").body(Full::new(signed.body)).unwrap();
    *request.headers_mut() = signed.headers;
    request
}

#[tokio::test]
async fn wraps_any_tower_service_and_releases_when_it_fails() {
    let failing =
        service_fn(|_: Request<Full<Bytes>>| async { Err::<Response<Full<Bytes>>, _>(io::Error::other("down")) });
    let working =
        service_fn(
            |request: Request<Full<Bytes>>| async move { Ok::<_, Infallible>(Response::new(request.into_body())) },
        );
    let layer = WebhookLayer::new(receiver::<QrStudio>());
    let error = layer.layer(failing).oneshot(request("evt_1")).await.unwrap_err();
    assert_eq!(error.to_string(), "down", "the service's own error");
    let handled = layer.layer(working).oneshot(request("evt_1")).await.unwrap();
    assert_eq!(
        (handled.status().as_u16(), handled.extensions().get::<Rejection>()),
        (200, None),
        "the event was released"
    );
    let again = layer.layer(working).oneshot(request("evt_1")).await.unwrap();
    let duplicate = Rejection::Duplicate { id_conflict: false };
    assert_eq!(again.extensions().get(), Some(&duplicate), "the reason is for outer layers, not for the sender");
}

#[tokio::test]
async fn a_handler_that_claims_by_itself_answers_with_what_it_found() {
    let receiver = builder::<QrStudio>(MemoryStore::new()).with_manual_claims().build().unwrap();
    let layer = WebhookLayer::new(receiver.clone());
    for (rejection, status) in [(Rejection::Duplicate { id_conflict: false }, 200), (Rejection::InFlight, 503)] {
        let found = rejection.clone();
        let handler = service_fn(move |_: Request<Full<Bytes>>| {
            ready(Ok::<_, Infallible>(found.to_response().map(Full::<Bytes>::from)))
        });
        let response = layer.layer(handler).oneshot(request("evt_1")).await.unwrap();
        assert_eq!((response.status().as_u16(), response.extensions().get()), (status, Some(&rejection)));
    }
    assert_eq!(receiver.counts(), [("duplicate", 1), ("in-flight", 1)].into());
}

/// A layer in between may have set its own status.
#[tokio::test]
async fn the_status_that_goes_out_decides_and_not_the_rejection_within() {
    let layer = WebhookLayer::new(receiver::<QrStudio>());
    let answer = |id: &'static str, rejection: Rejection, status: u16| {
        let handler = service_fn(move |_: Request<Full<Bytes>>| {
            let mut response = rejection.to_response().map(Full::<Bytes>::from);
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            ready(Ok::<_, Infallible>(response))
        });
        let service = layer.layer(handler);
        async move { service.oneshot(request(id)).await.unwrap().status().as_u16() }
    };
    let duplicate = Rejection::Duplicate { id_conflict: false };
    assert_eq!(answer("evt_1", duplicate.clone(), 500).await, 500);
    assert_eq!(answer("evt_1", duplicate, 204).await, 204, "the event was released, and is handled now");
    assert_eq!(answer("evt_2", Rejection::InFlight, 204).await, 204);
    assert_eq!(answer("evt_2", Rejection::InFlight, 500).await, 200, "the event was committed");
}

#[tokio::test]
async fn two_hooks_can_stand_in_one_program() {
    let planet = receiver::<QrPlanet>();
    let service =
        service_fn(|_: Request<Full<Bytes>>| async { Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())) });
    let signed = testing::sign::<QrPlanet>(SECRET, "event=VOUCHER_CREATED", UnixTime::now());
    let mut request = Request::post("/").body(Full::new(signed.body)).unwrap();
    *request.headers_mut() = signed.headers;
    let response = WebhookLayer::new(planet).layer(service).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
}

/// A service that must be made ready before each call.
#[derive(Clone, Default)]
struct Careful {
    ready: bool,
    polled: Arc<AtomicUsize>,
}

impl Service<Request<Full<Bytes>>> for Careful {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if self.polled.fetch_add(1, Ordering::SeqCst) == 0 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        assert!(self.ready, "called without being ready");
        self.ready = false;
        ready(Ok(Response::new(Full::default())))
    }
}

#[tokio::test]
async fn the_service_that_is_called_is_the_one_that_is_ready() {
    let careful = Careful::default();
    let polled = Arc::clone(&careful.polled);
    let response = WebhookLayer::new(receiver::<QrStudio>()).layer(careful).oneshot(request("evt_1")).await.unwrap();
    assert_eq!((response.status().as_u16(), polled.load(Ordering::SeqCst)), (200, 2));
}
