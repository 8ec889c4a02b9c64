//! Servers on actix-web.

use std::hint::black_box;

use actix_web::{
    App, HttpResponse, HttpServer,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    rt::System,
    web,
};
use qrhook::{Receiver, Verifier, qrstudio::QrStudio};
use qrhook_actix::{Verified, Webhook, WebhookMiddleware};

use super::{Result, listen};

pub fn run_bare(workers: usize) -> Result<()> {
    run(|| App::new().route("/hook", web::post().to(bare)), workers)
}

pub fn run_verified(verifier: Verifier<QrStudio>, workers: usize) -> Result<()> {
    run(move || App::new().app_data(verifier.clone()).route("/hook", web::to(verified)), workers)
}

pub fn run_middleware(receiver: Receiver<QrStudio>, workers: usize) -> Result<()> {
    let hook = WebhookMiddleware::new(receiver);
    let resource = move || web::resource("/hook").route(web::post().to(webhook)).wrap(hook.clone());
    run(move || App::new().service(resource()), workers)
}

async fn bare(body: web::Bytes) -> HttpResponse {
    black_box(body);
    HttpResponse::NoContent().finish()
}

async fn verified(Verified(delivery): Verified<QrStudio>) -> HttpResponse {
    black_box(delivery);
    HttpResponse::NoContent().finish()
}

async fn webhook(Webhook(delivery): Webhook<QrStudio>) -> HttpResponse {
    black_box(delivery);
    HttpResponse::NoContent().finish()
}

fn run<T, B>(app: impl Fn() -> App<T> + Send + Clone + 'static, workers: usize) -> Result<()>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    Ok(System::new().block_on(HttpServer::new(app).workers(workers).listen(listen()?)?.run())?)
}
