//! A receiver whose handlers wait, for tests that stop or kill it: `slow axum|actix FOLDER HOURS`. It prints the address
//! that it listens on. The clock of its store is ahead by that many hours.
//!
//! The folder contains the store and a journal with the lines `begins ID` and `ends ID`. The handlers end once the folder
//! contains a file `go`.

use std::{
    env,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use actix_web::{App, HttpResponse, web};
use anyhow::{bail, ensure};
use axum::{Router, http::StatusCode, routing::post};
use qrhook::{Clock, Delivery, Receiver, Secrets, SystemClock, UnixTime, qrstudio::QrStudio};
use qrhook_actix::WebhookMiddleware;
use qrhook_axum::WebhookLayer;
use qrhook_sqlite::SqliteStore;

/// The time limit for everything. Anything that takes longer counts as hung.
const LONG: Duration = Duration::from_secs(300);

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().collect();
    let [_, framework, folder, hours] = arguments.as_slice() else {
        bail!("slow FRAMEWORK FOLDER HOURS");
    };
    let folder = PathBuf::from(folder);
    let clock = Ahead(SystemClock::new(), hours.parse()?);
    let options = SqliteStore::options().with_clock(clock).with_busy_timeout(LONG);
    let store = options.open(folder.join("qrhook.db"))?;
    // The defaults would be too short on a busy machine.
    let receiver = Receiver::<QrStudio>::builder("slow", Secrets::one("whsec_slow")?, store)
        .with_body_time(LONG)
        .with_deadline(LONG)
        .with_handler_limit(LONG)
        .with_store_time(LONG)
        .with_lease(LONG.saturating_mul(4))
        .build()?;
    let complete = match framework.as_str() {
        "axum" => {
            let on_event = move |qrhook_axum::Webhook(delivery): qrhook_axum::Webhook<QrStudio>| async move {
                work(&folder, &delivery).await.map_or(StatusCode::INTERNAL_SERVER_ERROR, |()| StatusCode::OK)
            };
            let app = Router::new().route("/", post(on_event).layer(WebhookLayer::new(receiver.clone())));
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            println!("{}", listener.local_addr()?);
            let stopped = qrhook_axum::serve(listener, app).with_receiver(&receiver).with_drain_time(LONG).await?;
            stopped.is_complete()
        }
        _ => {
            let hook = receiver.clone();
            let app = move || {
                let folder = folder.clone();
                let on_event = move |qrhook_actix::Webhook(delivery): qrhook_actix::Webhook<QrStudio>| {
                    let folder = folder.clone();
                    async move { work(&folder, &delivery).await.map(|()| HttpResponse::Ok()) }
                };
                let hook = WebhookMiddleware::new(hook.clone());
                App::new().service(web::resource("/").route(web::post().to(on_event)).wrap(hook))
            };
            let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
            println!("{}", listener.local_addr()?);
            let server = qrhook_actix::serve(listener, app).with_workers(2);
            server.with_receiver(&receiver).with_drain_time(LONG).await?.is_complete()
        }
    };
    ensure!(complete, "the drain was not complete");
    Ok(())
}

async fn work(folder: &Path, delivery: &Delivery<QrStudio>) -> std::io::Result<()> {
    let id = delivery.id().unwrap_or_default();
    note(folder, &format!("begins {id}"))?;
    while !folder.join("go").exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    note(folder, &format!("ends {id}"))
}

fn note(folder: &Path, what: &str) -> std::io::Result<()> {
    let mut journal = OpenOptions::new().create(true).append(true).open(folder.join("journal"))?;
    // In one write, because other handlers write to it too.
    journal.write_all(format!("{what}\n").as_bytes())
}

/// A clock that is ahead by a number of hours.
#[derive(Debug)]
struct Ahead(SystemClock, i64);

impl Clock for Ahead {
    fn unix(&self) -> UnixTime {
        UnixTime::from_secs(self.0.unix().as_secs().saturating_add(self.1.saturating_mul(3600)))
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
}
