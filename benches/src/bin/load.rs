//! Whole requests over loopback, and stores, compared with others and with the limits of the hardware.
//!
//! ```text
//! load            everything, in about five minutes; writes target/results/load.json
//! load --quick    one short round, to check that it works
//! load serve KIND [WORKERS]    one server, started as above; prints its port
//! load drive PORT COUNT        sends it that many requests, for use with a profiler
//! ```
//!
//! Servers are children of this program, pinned to one core, and the client is on another. Use the figures only for
//! ratios within one round. Linux only: it reads the processor clocks of other processes.

#[path = "../load/mod.rs"]
mod load;

use std::env;

fn main() -> load::Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => load::run(load::FULL),
        ["--quick"] => load::run(load::QUICK),
        ["serve", kind] => load::serve(kind, 1),
        ["serve", kind, workers] => load::serve(kind, workers.parse()?),
        ["drive", port, count] => load::drive(port.parse()?, count.parse()?),
        _ => Err("load [--quick] | load serve KIND [WORKERS] | load drive PORT COUNT".into()),
    }
}
