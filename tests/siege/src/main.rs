//! Attacks running receivers, while good deliveries arrive: `qrhook-siege [small]`. `scripts/siege` builds the programs.
//!
//! Each attack runs against the examples of both frameworks and against `qrhook listen`. Meanwhile a platform delivers
//! events, and retries as platforms do. In the end, every one of them must have been accepted, and the program's memory
//! must have stayed below a bound. Linux only, because it reads `/proc`.

#![expect(clippy::arithmetic_side_effects, reason = "the numbers are small")]

mod attack;
mod frames;
mod platform;
mod program;

use std::{env, error::Error, process::ExitCode, time::Duration};

use self::{
    attack::{Attack, Size},
    platform::Platform,
    program::Program,
};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The most memory that a program may take during an attack, in MiB. 64 MiB of it are for bodies that are not verified
/// yet, and the same again is for those that are being copied or freed.
const BOUND: u64 = 320;

/// The good deliveries during an attack.
const GOOD: usize = 100;

fn main() -> Result<ExitCode> {
    let size = match env::args().nth(1).as_deref() {
        None => Size::FULL,
        Some("small") => Size::SMALL,
        Some(_) => return Err("usage: qrhook-siege [small]".into()),
    };
    // For the connections of the attacks, and for the programs, which inherit it.
    rlimit::increase_nofile_limit(32 * 1024)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(besiege(size))
}

async fn besiege(size: Size) -> Result<ExitCode> {
    let mut broken = 0;
    println!("{:<18} {:<34} {:>9} {:>6} {:>8} {:>9}", "program", "attack", "requests", "good", "retries", "peak MiB");
    for name in Program::ALL {
        let program = Program::start(name).await?;
        for attack in Attack::ALL {
            program.forget_peak()?;
            let platform = Platform::of(&program, attack.name());
            // The attack goes on for as long as good deliveries arrive.
            let good = tokio::spawn(async move { platform.deliver(GOOD).await });
            let requests = attack.run(program.address, program.path(), size, || good.is_finished()).await;
            let good = good.await?;
            let peak = program.peak()?;
            let holds = good.accepted == GOOD && peak <= BOUND;
            let verdict = if holds { "" } else { "  BROKEN" };
            println!(
                "{name:<18} {:<34} {requests:>9} {:>6} {:>8} {peak:>9}{verdict}",
                attack.name(),
                good.accepted,
                good.retries
            );
            broken += usize::from(!holds);
        }
        program.end().await?;
    }
    println!("\n{broken} broken: good deliveries were lost, or more than {BOUND} MiB were taken");
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Anything that takes longer counts as hung.
const PATIENCE: Duration = Duration::from_secs(180);
