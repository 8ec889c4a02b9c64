//! A receiver whose handler takes two seconds, to be stopped and killed by tests: `slow axum|actix FOLDER`. It
//! says which address it listens on.
//!
//! Its store and a journal of its handlers, `begins ID` and `ends ID`, are in the folder.

use std::{
    env,
    error::Error,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, web};
use axum::{Router, http::StatusCode, routing::post};
use qrhook::{Delivery, Receiver, Secrets, qrstudio::QrStudio};
use qrhook_actix::WebhookMiddleware;
use qrhook_axum::WebhookLayer;
use qrhook_sqlite::SqliteStore;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, framework, folder] = arguments.as_slice() else {
        return Err("slow FRAMEWORK FOLDER".into());
    };
    let folder = PathBuf::from(folder);
    let store = SqliteStore::open(folder.join("qrhook.db"))?;
    // A lease that a test can wait for.
    let receiver = Receiver::<QrStudio>::builder("slow", Secrets::one("whsec_slow")?, store)
        .with_handler_limit(Duration::from_secs(3))
        .with_store_time(Duration::from_secs(2))
        .with_lease(Duration::from_secs(8))
        .build()?;
    let mut terminate = signal(SignalKind::terminate())?;
    let drained = receiver.clone();
    let stop = async move {
        terminate.recv().await;
        let left = drained.drain(Duration::from_secs(25)).await;
        if !left.is_complete() {
            std::process::exit(1);
        }
    };
    match framework.as_str() {
        "axum" => {
            let on_event = move |qrhook_axum::Webhook(delivery): qrhook_axum::Webhook<QrStudio>| async move {
                work(&folder, &delivery).await.map_or(StatusCode::INTERNAL_SERVER_ERROR, |()| StatusCode::OK)
            };
            let app = Router::new().route("/", post(on_event).layer(WebhookLayer::new(receiver)));
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            println!("{}", listener.local_addr()?);
            axum::serve(listener, app).with_graceful_shutdown(stop).await?;
        }
        _ => {
            let app = move || {
                let folder = folder.clone();
                let on_event = move |qrhook_actix::Webhook(delivery): qrhook_actix::Webhook<QrStudio>| {
                    let folder = folder.clone();
                    async move { work(&folder, &delivery).await.map(|()| HttpResponse::Ok()) }
                };
                let hook = WebhookMiddleware::new(receiver.clone());
                App::new().service(web::resource("/").route(web::post().to(on_event)).wrap(hook))
            };
            let server = HttpServer::new(app).workers(2).bind("127.0.0.1:0")?.disable_signals();
            println!("{}", server.addrs()[0]);
            let server = server.run();
            let handle = server.handle();
            actix_web::rt::spawn(async move {
                stop.await;
                handle.stop(true).await;
            });
            server.await?;
        }
    }
    Ok(())
}

async fn work(folder: &Path, delivery: &Delivery<QrStudio>) -> std::io::Result<()> {
    let id = delivery.id().unwrap_or_default();
    let mut journal = OpenOptions::new().create(true).append(true).open(folder.join("journal"))?;
    // In one write each: others write into it, too.
    journal.write_all(format!("begins {id}\n").as_bytes())?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    journal.write_all(format!("ends {id}\n").as_bytes())
}
