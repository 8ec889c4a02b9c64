//! Measures whether the time of a check depends on how much of a MAC or token was right, or on the length of the
//! secret: `scripts/timing [--self-test] [SAMPLES]`.
//!
//! The method is that of dudect (<https://eprint.iacr.org/2016/1123>): requests of two classes in random order, each
//! timed alone, and Welch's t-test. dudect-bencher is not used, because it does not fail on a result, keeps its
//! statistics private, and depends on clap 2.

mod mac;
mod token;
mod welch;

use std::{env, hint::black_box, process::ExitCode, time::Instant};

use fastrand::Rng;
use qrhook::{codeqr::CodeQr, qrstudio::QrStudio};

use self::{mac::MacCheck, token::TokenCheck, welch::Difference};

/// Two classes of requests that differ only in what must not be noticed.
trait Check {
    /// Makes new secrets, in other places in memory.
    fn renew(&mut self, _: &mut Rng) {}

    /// A request of this class, as the bytes that vary.
    fn request(&self, class: bool, random: &mut Rng) -> Vec<u8>;

    /// Copies a request to the place where all requests are checked. Not timed.
    fn load(&mut self, request: &[u8]);

    /// Checks the request, and returns whether it is refused.
    fn run(&self) -> bool;
}

type Prepare = fn(leak: bool) -> Box<dyn Check>;

const CASES: [(&str, Prepare); 4] = [
    ("MAC of CodeQR: first byte or last byte wrong", |leak| {
        Box::new(MacCheck::new::<CodeQr>("codeqr-signature", leak))
    }),
    ("MAC of QR Studio: first byte or last byte wrong", |leak| {
        Box::new(MacCheck::new::<QrStudio>("x-qrstudio-signature", leak))
    }),
    ("token: right except the end, or all wrong", |leak| Box::new(TokenCheck::new(token::PREFIX, leak))),
    ("token: as long as the secret, or not", |leak| Box::new(TokenCheck::new(token::LENGTH, leak))),
];

/// The bound of |t| from which dudect suspects a difference.
const BOUND: f64 = 4.5;

/// How often a difference must be seen, always in the same direction. Other work on the machine can cause it once.
const ROUNDS: usize = 3;

const SAMPLES: usize = 1_000_000;
const BATCH: usize = 1000;
const WARM_UP: usize = 20_000;
const SEED: u64 = 11;

/// Measures requests of both classes in random order. If they are `mixed`, each class has requests of both.
fn measure(check: &mut dyn Check, samples: usize, mixed: bool, random: &mut Rng) -> Difference {
    let mut times = Vec::with_capacity(samples);
    // Requests are made long before they are measured: a request that was written a moment ago is read more slowly or
    // quickly, depending on which byte was written last, and that looked like a leak.
    let mut requests = Vec::with_capacity(BATCH);
    for sample in 0..samples + WARM_UP {
        if requests.is_empty() {
            check.renew(random);
            requests.extend((0..BATCH).map(|_| {
                let class = random.bool();
                let shown = if mixed { random.bool() } else { class };
                (class, check.request(shown, random))
            }));
        }
        let (class, request) = requests.pop().expect("made above");
        check.load(&request);
        let start = Instant::now();
        let refused = black_box(check.run());
        let time = start.elapsed();
        assert!(refused, "accepted");
        if sample >= WARM_UP {
            times.push((class, time.as_nanos() as f64));
        }
    }
    welch::largest(times)
}

/// Whether every round sees a difference in the same direction.
fn leaks(name: &str, check: &mut dyn Check, samples: usize, mixed: bool, random: &mut Rng) -> bool {
    let mut rising = None;
    for _ in 0..ROUNDS {
        let found = measure(check, samples, mixed, random);
        let above = found.t.abs() >= BOUND;
        let verdict = if above { "ABOVE" } else { "" };
        println!("{name:<50}{:>10.1}{:>12.2}{:>10.2}  {verdict}", found.mean, found.difference, found.t);
        if !above || *rising.get_or_insert(found.t > 0.0) != (found.t > 0.0) {
            return false;
        }
    }
    true
}

fn main() -> ExitCode {
    let (flags, numbers): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|argument| argument.starts_with('-'));
    let self_test = flags == ["--self-test"];
    let samples = numbers.first().map_or(Some(SAMPLES), |number| number.parse().ok());
    let Some(samples) = samples.filter(|samples| *samples >= 1000 && (self_test || flags.is_empty())) else {
        eprintln!("usage: scripts/timing [--self-test] [SAMPLES], with at least 1000 samples");
        return ExitCode::from(2);
    };
    let mut random = Rng::with_seed(SEED);
    println!("{samples} requests a round; |t| must be below {BOUND} in one of {ROUNDS} rounds\n");
    println!("{:<50}{:>10}{:>12}{:>10}", "", "ns", "difference", "t");
    let mut wrong = Vec::new();
    for (name, prepare) in CASES {
        if !self_test {
            if leaks(name, &mut *prepare(false), samples, false, &mut random) {
                wrong.push(format!("{name}: the time shows it"));
            }
            continue;
        }
        if !leaks(name, &mut *prepare(true), samples, false, &mut random) {
            wrong.push(format!("{name}: a comparison that leaks was not noticed"));
        }
        if leaks("  the same with both classes mixed", &mut *prepare(true), samples, true, &mut random) {
            wrong.push(format!("{name}: a difference was seen where there is none"));
        }
    }
    println!();
    wrong.iter().for_each(|line| println!("{line}"));
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
