//! axum with HTTP/1.1, and HTTP/2 for clients with prior knowledge.

use std::net::SocketAddr;

use axum::{
    Router,
    extract::{FromRef, State},
    http::{HeaderValue, StatusCode},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, post},
};
use qrhook::{Provider, Receiver, Rejection, Verifier};
use qrhook_axum::{Claimed, Verified, Webhook, WebhookLayer};
use tokio::net::TcpListener;

use super::{Hook, REASON, Stop, Way, world::Failed};

pub(super) async fn start<P: Provider + Default>(way: Way, [crm, shop]: [Hook<P>; 2]) -> (SocketAddr, Stop) {
    let app = Router::new().route("/crm", route(way, crm)).route("/shop", route(way, shop));
    let app = app.layer(map_response(tell_reason));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });
    (address, Stop::new(move || serving.abort()))
}

/// The extractors run for every method; the layer wraps the method router, so it sees every method too.
fn route<P: Provider + Default>(way: Way, hook: Hook<P>) -> MethodRouter {
    match way {
        Way::Layer => {
            let layer = WebhookLayer::new(hook.receiver.clone());
            post(layered::<P>).layer(layer).with_state(hook)
        }
        Way::Claimed => any(claimed::<P>).with_state(hook),
        Way::Verified => any(verified::<P>).with_state(hook),
        Way::WholeApp => unreachable!("axum's layers wrap routes"),
    }
}

impl<P: Provider + Default> FromRef<Hook<P>> for Receiver<P> {
    fn from_ref(hook: &Hook<P>) -> Self {
        hook.receiver.clone()
    }
}

impl<P: Provider + Default> FromRef<Hook<P>> for Verifier<P> {
    fn from_ref(hook: &Hook<P>) -> Self {
        hook.receiver.verifier().clone()
    }
}

async fn layered<P: Provider + Default>(State(hook): State<Hook<P>>, Webhook(_): Webhook<P>) -> Response {
    act(&hook).await
}

async fn claimed<P: Provider + Default>(State(hook): State<Hook<P>>, claimed: Claimed<P>) -> Response {
    hook.world.hold().await;
    claimed.handle(|_| async move { act(&hook).await }).await
}

async fn verified<P: Provider + Default>(State(hook): State<Hook<P>>, Verified(_): Verified<P>) -> Response {
    act(&hook).await
}

async fn act<P: Provider + Default>(hook: &Hook<P>) -> Response {
    let answered = hook.world.act().await;
    let fine = |(status, text)| (StatusCode::from_u16(status).unwrap(), text);
    answered.map(fine).map_err(|failed: Failed| (StatusCode::INTERNAL_SERVER_ERROR, failed.to_string())).into_response()
}

async fn tell_reason(mut response: Response) -> Response {
    if let Some(reason) = response.extensions().get().map(Rejection::reason) {
        response.headers_mut().insert(REASON, HeaderValue::from_static(reason));
    }
    response
}
