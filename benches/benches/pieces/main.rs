//! The costs of each piece: ours, the limit that the hardware and the underlying libraries set, and peers, in turns.
//!
//! A group is a row of the report; `limit` is its base. `scripts/bench` runs this several times; each run is a round.

mod form;
mod peer;
#[path = "../processor.rs"]
mod processor;
mod spent;
mod typed;
mod verify;

use criterion::{criterion_group, criterion_main};

use self::spent::{Criterion, Spent};

fn all(c: &mut Criterion) {
    verify::timestamped(c);
    verify::bare_hex(c);
    verify::secrets(c);
    typed::scan(c);
    typed::page(c);
    form::form(c);
}

criterion_group! {
    name = pieces;
    config = criterion::Criterion::default().with_measurement(Spent);
    targets = all
}
criterion_main!(pieces);
