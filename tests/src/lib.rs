#![doc = include_str!("../../README.md")]

// The pages with Rust in them, so that it is compiled and run.
#[doc = include_str!("../../docs/getting-started/qrstudio.md")]
mod start_qrstudio {}
#[doc = include_str!("../../docs/getting-started/codeqr.md")]
mod start_codeqr {}
#[doc = include_str!("../../docs/getting-started/qrplanet.md")]
mod start_qrplanet {}
#[doc = include_str!("../../docs/exactly-once.md")]
mod exactly_once {}
#[doc = include_str!("../../docs/rotation.md")]
mod rotation {}
#[doc = include_str!("../../docs/senders.md")]
mod senders {}
#[doc = include_str!("../../docs/stores.md")]
mod stores {}
#[doc = include_str!("../../docs/systemd.md")]
mod systemd {}
#[doc = include_str!("../../docs/testing.md")]
mod testing {}
