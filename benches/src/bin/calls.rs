//! `calls SUBJECT TIMES`: makes a call that many times. `counts` runs it under callgrind; its allocator does not count.

use std::env;

use qrhook_benches::{results::Result, subjects};

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [subject, times] = arguments.as_slice() else { return Err("calls SUBJECT TIMES".into()) };
    let call = subjects::find(subject).ok_or("there is no such subject")?;
    for _ in 0..times.parse()? {
        call();
    }
    Ok(())
}
