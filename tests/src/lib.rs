#![doc = include_str!("../../README.md")]

// The pages with Rust in them, so that it is compiled and run.
#[doc = include_str!("../../docs/getting-started/qrstudio.md")]
mod start_qrstudio {}
#[doc = include_str!("../../docs/getting-started/codeqr.md")]
mod start_codeqr {}
#[doc = include_str!("../../docs/getting-started/qrplanet.md")]
mod start_qrplanet {}
#[doc = include_str!("../../docs/operating.md")]
mod operating {}
#[doc = include_str!("../../docs/exactly-once.md")]
mod exactly_once {}
#[doc = include_str!("../../docs/rotation.md")]
mod rotation {}
#[doc = include_str!("../../docs/senders.md")]
mod senders {}
#[doc = include_str!("../../docs/tenants.md")]
mod tenants {}
#[doc = include_str!("../../docs/stores.md")]
mod stores {}
#[doc = include_str!("../../docs/systemd.md")]
mod systemd {}
#[doc = include_str!("../../docs/testing.md")]
mod testing {}

// The front pages of the crates, which their packages show.
#[doc = include_str!("../../crates/qrhook/README.md")]
mod core_page {}
#[doc = include_str!("../../crates/qrhook-actix/README.md")]
mod qrhook_actix_page {}
#[doc = include_str!("../../crates/qrhook-axum/README.md")]
mod qrhook_axum_page {}
#[doc = include_str!("../../crates/qrhook-cli/README.md")]
mod qrhook_cli_page {}
#[doc = include_str!("../../crates/qrhook-postgres/README.md")]
mod qrhook_postgres_page {}
#[doc = include_str!("../../crates/qrhook-redis/README.md")]
mod qrhook_redis_page {}
#[doc = include_str!("../../crates/qrhook-sqlite/README.md")]
mod qrhook_sqlite_page {}
