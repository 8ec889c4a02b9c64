//! Servers on axum.

use axum::Router;
use tokio::runtime::{Builder, Runtime};

use super::{Result, listen};

/// Runs the framework's own server.
pub fn run(app: Router, workers: usize) -> Result<()> {
    runtime(workers)?.block_on(async { Ok(axum::serve(listener()?, app).await?) })
}

/// Runs this project's server.
pub fn run_ours(app: Router, workers: usize) -> Result<()> {
    runtime(workers)?.block_on(async {
        qrhook_axum::serve(listener()?, app).await?;
        Ok(())
    })
}

fn listener() -> Result<tokio::net::TcpListener> {
    let listener = listen()?;
    listener.set_nonblocking(true)?;
    Ok(tokio::net::TcpListener::from_std(listener)?)
}

fn runtime(workers: usize) -> std::io::Result<Runtime> {
    match workers {
        1 => Builder::new_current_thread().enable_all().build(),
        _ => Builder::new_multi_thread().worker_threads(workers).enable_all().build(),
    }
}
