//! One store at one size.

use std::{fs, time::Duration};

use qrhook::store::Key;
use qrhook_benches::results::{Result, StoreRound};

use super::{
    clock::Moved,
    processor::spent,
    stores::{self, Handle, RETENTION},
};

/// So many claims at least, for a figure that means something.
const CLAIMS: usize = 200_000;

/// Fills it, then goes on at its size: in each retention come as many ids as it holds.
pub fn round(name: &str, ids: usize) -> Result<StoreRound> {
    let mut steps = Steps { next_id: 0, longest: Duration::ZERO };
    let apart = RETENTION / u32::try_from(ids / StoreRound::STEP)?;
    let fills = CLAIMS.div_ceil(ids);
    let before = resident()?;
    let (mut growing, mut last) = (Duration::ZERO, None);
    for _ in 0..fills {
        let clock = Moved::new();
        let (_, handle) = last.insert((clock.clone(), stores::find(name, &clock)?));
        growing += steps.run(handle, ids, &clock, apart)?;
    }
    let bytes = resident()?.saturating_sub(before);
    let (clock, handle) = last.ok_or("it was filled")?;
    let steady = match name {
        "moka" => None,
        _ => Some(nanoseconds(steps.run(&handle, ids.max(CLAIMS), &clock, apart)?, ids.max(CLAIMS))),
    };
    Ok(StoreRound {
        growing_ns: nanoseconds(growing, ids * fills),
        steady_ns: steady,
        bytes: bytes as f64 / ids as f64,
        longest_ms: steps.longest.as_secs_f64() * 1e3,
    })
}

struct Steps {
    next_id: u64,
    longest: Duration,
}

impl Steps {
    /// Handles so many new ids, and returns how long that took without the making of the keys.
    fn run(&mut self, handle: &Handle, ids: usize, clock: &Moved, apart: Duration) -> Result<Duration> {
        let (mut sum, mut keys) = (Duration::ZERO, Vec::with_capacity(StoreRound::STEP));
        for _ in 0..ids / StoreRound::STEP {
            keys.clear();
            keys.extend((0..StoreRound::STEP).map(|_| {
                self.next_id += 1;
                Key::new("qrstudio", "bench", &self.next_id.to_be_bytes())
            }));
            let start = spent();
            for key in &keys {
                if !handle(key)? {
                    return Err("a new id was known".into());
                }
            }
            let took = spent() - start;
            sum += took;
            self.longest = self.longest.max(took);
            clock.advance(apart)?;
        }
        Ok(sum)
    }
}

fn nanoseconds(time: Duration, claims: usize) -> f64 {
    time.as_secs_f64() * 1e9 / claims as f64
}

/// The resident memory of this process.
fn resident() -> Result<usize> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("the system tells no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<usize>()? * 1024)
}
