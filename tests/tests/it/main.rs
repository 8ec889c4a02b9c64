//! What is proven across the crates.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod dependencies;
mod examples;
mod vectors;
