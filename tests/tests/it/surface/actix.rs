//! actix-web with HTTP/1.1.

use std::net::{SocketAddr, TcpListener};

use actix_web::{
    App, Error, HttpRequest, HttpResponse, HttpServer, Responder,
    body::MessageBody,
    dev::{Service, ServiceResponse},
    error::{ErrorInternalServerError, InternalError},
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    rt::System,
    web,
};
use qrhook::{Provider, Rejection};
use qrhook_actix::{Claimed, Verified, Webhook, WebhookMiddleware};

use super::{Hook, REASON, Stop, Way};

/// Serves on a separate thread, because actix has its own runtimes.
pub(super) fn start<P: Provider + Default>(way: Way, hooks: [Hook<P>; 2]) -> (SocketAddr, Stop) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (handles, handle) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        System::new().block_on(async move {
            // Two branches, because a middleware changes the type of the application.
            let [crm, shop] = hooks;
            let server = if way == Way::WholeApp {
                let app = move || {
                    let hook = web::resource("/crm").route(web::route().to(layered::<P>)).app_data(crm.clone());
                    let middleware = WebhookMiddleware::new(crm.receiver.clone());
                    App::new().service(hook).wrap(middleware).wrap_fn(|request, app| tell_reason(app.call(request)))
                };
                HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run()
            } else {
                let app = move || {
                    let (crm, shop) = (crm.clone(), shop.clone());
                    App::new()
                        .configure(|config| route(config, way, "/crm", crm))
                        .configure(|config| route(config, way, "/shop", shop))
                        .wrap_fn(|request, app| tell_reason(app.call(request)))
                };
                HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run()
            };
            handles.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let handle = handle.recv().unwrap();
    // `stop` sends its command when it is called; the future need not be awaited.
    (address, Stop::new(move || drop(handle.stop(false))))
}

fn route<P: Provider + Default>(config: &mut web::ServiceConfig, way: Way, path: &str, hook: Hook<P>) {
    let (receiver, verifier) = (hook.receiver.clone(), hook.receiver.verifier().clone());
    let resource = web::resource(path).app_data(hook);
    match way {
        Way::Layer => {
            let resource = resource.route(web::post().to(layered::<P>));
            config.service(resource.wrap(WebhookMiddleware::new(receiver)))
        }
        Way::Claimed => config.service(resource.app_data(receiver).route(web::route().to(claimed::<P>))),
        Way::Verified => config.service(resource.app_data(verifier).route(web::route().to(verified::<P>))),
        Way::WholeApp => unreachable!("it has its own application"),
    };
}

/// The hook, from the data of the resource.
fn hook<P: Provider + Default>(request: &HttpRequest) -> Hook<P> {
    request.app_data::<Hook<P>>().unwrap().clone()
}

async fn layered<P: Provider + Default>(request: HttpRequest, Webhook(_): Webhook<P>) -> Result<impl Responder, Error> {
    act(hook::<P>(&request)).await
}

async fn claimed<P: Provider + Default>(request: HttpRequest, claimed: Claimed<P>) -> HttpResponse {
    let hook = hook::<P>(&request);
    hook.world.hold().await;
    claimed.handle(|_| act(hook)).await
}

async fn verified<P: Provider + Default>(
    request: HttpRequest,
    Verified(_): Verified<P>,
) -> Result<impl Responder, Error> {
    act(hook::<P>(&request)).await
}

async fn act<P: Provider + Default>(hook: Hook<P>) -> Result<(&'static str, StatusCode), Error> {
    let (status, text) = hook.world.act().await.map_err(ErrorInternalServerError)?;
    Ok((text, StatusCode::from_u16(status).unwrap()))
}

/// Adds the reason. Refusals of the middleware are errors that contain a response.
async fn tell_reason<B: MessageBody>(
    answer: impl Future<Output = Result<ServiceResponse<B>, Error>>,
) -> Result<ServiceResponse<B>, Error> {
    match answer.await {
        Ok(mut answer) => {
            mark(answer.response_mut());
            Ok(answer)
        }
        Err(error) => {
            let mut response = error.error_response();
            mark(&mut response);
            Err(InternalError::from_response(error, response).into())
        }
    }
}

fn mark<B>(response: &mut HttpResponse<B>) {
    let reason = response.extensions().get().map(Rejection::reason);
    if let Some(reason) = reason {
        response.headers_mut().insert(HeaderName::from_static(REASON), HeaderValue::from_static(reason));
    }
}
