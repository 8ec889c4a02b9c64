//! A receiver whose handlers wait, to be stopped and killed by tests: `slow axum|actix FOLDER HOURS`. It says which address
//! it listens on. The clock of its store is so many hours ahead.
//!
//! Its store and a journal of what happens, `begins ID`, `ends ID` and `stops`, are in the folder. A handler ends when there
//! is a file `go` in it.

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
use qrhook::{Clock, Delivery, Receiver, Secrets, SystemClock, UnixTime, qrstudio::QrStudio};
use qrhook_actix::WebhookMiddleware;
use qrhook_axum::WebhookLayer;
use qrhook_sqlite::SqliteStore;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// What takes longer hangs.
const LONG: Duration = Duration::from_secs(300);

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, framework, folder, hours] = arguments.as_slice() else {
        return Err("slow FRAMEWORK FOLDER HOURS".into());
    };
    let folder = PathBuf::from(folder);
    let clock = Ahead(SystemClock::new(), hours.parse()?);
    let options = SqliteStore::options().with_clock(clock).with_busy_timeout(LONG);
    let store = options.open(folder.join("qrhook.db"))?;
    // Its own limits would be over early on a busy machine.
    let receiver = Receiver::<QrStudio>::builder("slow", Secrets::one("whsec_slow")?, store)
        .with_body_time(LONG)
        .with_deadline(LONG)
        .with_handler_limit(LONG)
        .with_store_time(LONG)
        .with_lease(LONG.saturating_mul(4))
        .build()?;
    let mut terminate = signal(SignalKind::terminate())?;
    let drained = receiver.clone();
    let of_stop = folder.clone();
    let stop = async move {
        terminate.recv().await;
        note(&of_stop, "stops").expect("the journal can be written");
        let left = drained.drain(LONG).await;
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
    note(folder, &format!("begins {id}"))?;
    while !folder.join("go").exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    note(folder, &format!("ends {id}"))
}

fn note(folder: &Path, what: &str) -> std::io::Result<()> {
    let mut journal = OpenOptions::new().create(true).append(true).open(folder.join("journal"))?;
    // In one write: others write into it, too.
    journal.write_all(format!("{what}\n").as_bytes())
}

/// A clock that is so many hours ahead.
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
