#![doc = include_str!("../../README.md")]

// The front pages of the crates are compiled too.
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
