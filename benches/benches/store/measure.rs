//! One store at one size.

use std::{fs, hint::black_box, time::Duration};

use qrhook::store::Key;
use qrhook_benches::results::{Result, StoreRound};

use super::{
    clock::Moved,
    processor::spent,
    stores::{self, Handle, RETENTION},
};

/// The least number of claims for a meaningful figure.
const CLAIMS: usize = 200_000;

/// The bytes of the smallest record, so that the memory is as large as that of the smallest store with as many ids.
const RECORD: usize = 44;

/// Accesses that much memory, each time at an address that depends on the last one. No store can find an id faster.
pub fn look(ids: usize) -> StoreRound {
    let words = ids * RECORD / size_of::<u64>();
    let memory: Vec<u64> = (0..words as u64).map(|word| word.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
    let start = spent();
    let mut place = 0_u64;
    for look in 0..CLAIMS as u64 {
        let word = memory[(place % words as u64) as usize];
        place = (word ^ look).wrapping_mul(0xd6e8_feb8_6659_fd93) >> 16;
    }
    let took = spent() - start;
    black_box(place);
    let ns = nanoseconds(took, CLAIMS);
    StoreRound { growing_ns: ns, steady_ns: Some(ns), bytes: RECORD as f64, longest_ms: 0.0 }
}

/// Fills the store, then continues at that size: in each retention, as many ids come in as it holds.
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
    /// Handles this many new ids. Returns the time that it took, without the time for making the keys.
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
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("VmRSS is missing")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<usize>()? * 1024)
}
