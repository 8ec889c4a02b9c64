//! Tests of behaviour that is specific to actix-web. The project's scenarios test the behaviour that all adapters
//! share.
#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a failed `unwrap` fails the test, and a test binary exports nothing"
)]

mod handler;
mod logs;
mod missing;
mod outer;
mod request;
mod scope;
#[cfg(feature = "serve")]
mod serve;
mod shutdown;
mod tenants;
mod whole_app;
