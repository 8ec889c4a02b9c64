//! What each piece costs: ours, the limit that the hardware and the libraries below set, and peers, in turns.
//!
//! A group is a row of the report; `limit` is its base. `scripts/bench` runs this several times, and every run is a round.

mod form;
mod typed;
mod verify;

use criterion::{Criterion, criterion_group, criterion_main};

fn all(c: &mut Criterion) {
    verify::timestamped(c);
    verify::bare_hex(c);
    verify::secrets(c);
    typed::scan(c);
    typed::page(c);
    form::form(c);
}

criterion_group!(pieces, all);
criterion_main!(pieces);
