//! The tower layer on plain hyper, without axum.

use std::{convert::Infallible, net::SocketAddr};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use qrhook::{Delivery, Provider, Rejection};
use qrhook_axum::WebhookLayer;
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt, service_fn};

use super::{Hook, REASON, Stop, world::Failed};

type Answer = Response<BoxBody<Bytes, Infallible>>;

pub(super) async fn start<P: Provider + Default>(hooks: [Hook<P>; 2]) -> (SocketAddr, Stop) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepting = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let hooks = hooks.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let [crm, shop] = hooks.clone();
                let hook = if request.uri().path() == "/shop" { shop } else { crm };
                async move { Ok::<_, Infallible>(answer(hook, request).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
            tokio::spawn(connection);
        }
    });
    (address, Stop::new(move || accepting.abort()))
}

/// The program around the layer, which turns its own service's errors into responses.
async fn answer<P: Provider + Default>(Hook { receiver, world }: Hook<P>, request: Request<Incoming>) -> Answer {
    let handler = service_fn(move |request: Request<Full<Bytes>>| {
        let world = world.clone();
        async move {
            assert!(request.extensions().get::<std::sync::Arc<Delivery<P>>>().is_some());
            let (status, text) = world.act().await?;
            let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            Ok::<_, Failed>(response)
        }
    });
    match WebhookLayer::new(receiver).layer(handler).oneshot(request).await {
        Ok(mut response) => {
            if let Some(reason) = response.extensions().get().map(Rejection::reason) {
                response.headers_mut().insert(REASON, HeaderValue::from_static(reason));
            }
            response.map(BodyExt::boxed)
        }
        Err(failed) => {
            let mut response = Response::new(Full::from(failed.to_string()).boxed());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}
