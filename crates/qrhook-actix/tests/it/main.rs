//! What only actix-web does. What it has in common with the other ways in stands in the project's scenarios.
#![expect(unreachable_pub, clippy::unwrap_used, reason = "a test that cannot go on fails, and nobody else uses it")]

mod handler;
mod logs;
mod missing;
mod outer;
mod request;
mod scope;
#[cfg(feature = "serve")]
mod serve;
mod shutdown;
mod whole_app;
