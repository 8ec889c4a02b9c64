//! Measures requests of many tenants: `scripts/tenants [SAMPLES]`.
//!
//! For each number of tenants: the time until a request is accepted or refused, and the memory for each tenant. A
//! request of an unknown tenant must take about as long as one with a wrong signature, so that the time does not show
//! who is a customer.

use std::{
    env, fs,
    hint::black_box,
    process::ExitCode,
    task::{Context, Poll},
    time::Instant,
};

use fastrand::Rng;
use qrhook::{
    Head, MemoryStore, Receiver, Secrets, Tenants, UnixTime,
    qrstudio::QrStudio,
    receiver::adapter::accept,
    tenant::Limits,
    testing::{SignedRequest, sign},
};
use tokio::runtime::Runtime;

const COUNTS: [usize; 3] = [1, 1000, 100_000];
const SAMPLES: usize = 200_000;

/// The largest difference between an unknown tenant and a wrong signature, as a share of the latter.
const BOUND: f64 = 0.15;

/// The requests that are prepared for each class. Tenants are chosen at random among all.
const PREPARED: usize = 1000;

const BODY: &str =
    r#"{"id":"evt_1","type":"scan.created","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"a"}}"#;

struct Request {
    path: String,
    signed: SignedRequest,
}

#[derive(Clone, Copy)]
enum Class {
    Right,
    WrongSignature,
    Unknown,
}

fn secret(tenant: usize) -> String {
    format!("whsec_tenants{tenant:019}")
}

fn request(class: Class, count: usize, random: &mut Rng) -> Request {
    let tenant = random.usize(..count);
    let now = UnixTime::now();
    let (path, secret) = match class {
        Class::Right => (format!("/hooks/tenant-{tenant:06}"), secret(tenant)),
        Class::WrongSignature => (format!("/hooks/tenant-{tenant:06}"), secret(count + tenant)),
        Class::Unknown => (format!("/hooks/nobody-{:06}", random.usize(..PREPARED)), secret(tenant)),
    };
    Request { path, signed: sign::<QrStudio>(&secret, BODY, now) }
}

/// The median time of a request, in nanoseconds.
fn measure(runtime: &Runtime, receiver: &Receiver<QrStudio>, requests: &[Request], samples: usize) -> u128 {
    let mut times: Vec<_> = (0..samples)
        .map(|sample| {
            let Request { path, signed } = &requests[sample * 7919 % requests.len()];
            let method = http::Method::POST;
            let mut body = Some(Ok(signed.body.clone()));
            let start = Instant::now();
            let head = Head::new(&method, &signed.headers).with_path(path);
            let accepting = accept(receiver, head, move |_: &mut Context<'_>| Poll::Ready(body.take()));
            let accepted = runtime.block_on(accepting);
            let time = start.elapsed().as_nanos();
            drop(black_box(accepted));
            time
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// The resident memory of this process, in bytes.
fn resident() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

fn main() -> ExitCode {
    let samples = env::args().nth(1).map_or(Some(SAMPLES), |number| number.parse().ok());
    let Some(samples) = samples.filter(|samples| *samples >= 1000) else {
        eprintln!("usage: scripts/tenants [SAMPLES], with at least 1000 samples");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut random = Rng::with_seed(12);
    let mut broken = false;
    println!("medians of {samples} requests, in ns\n");
    println!(
        "{:>8} {:>9} {:>16} {:>9} {:>11} {:>16}",
        "tenants", "accepted", "wrong signature", "unknown", "difference", "bytes a tenant"
    );
    // The first use of everything is slow.
    for (round, count) in [1].into_iter().chain(COUNTS).enumerate() {
        let before = resident();
        // Names that were not found stay so, and no look-up is refused.
        let limits = Limits { misses: u32::MAX, absent: std::time::Duration::from_secs(3600), ..Limits::DEFAULT };
        let tenants = Tenants::limited(limits, move |name| async move {
            let number = name.strip_prefix("tenant-").and_then(|number| number.parse().ok());
            number.filter(|number: &usize| *number < count).map(|number| Secrets::one(&secret(number))).transpose()
        });
        for tenant in 0..count {
            tenants.remember(&format!("tenant-{tenant:06}"), Secrets::one(&secret(tenant)).expect("a usable secret"));
        }
        let bytes = resident().saturating_sub(before) / count;
        let receiver = Receiver::<QrStudio>::new("bench", tenants, MemoryStore::new()).expect("usable settings");
        let [right, wrong, unknown] = [Class::Right, Class::WrongSignature, Class::Unknown].map(|class| {
            let requests: Vec<_> = (0..PREPARED).map(|_| request(class, count, &mut random)).collect();
            // Remembers the unknown names.
            measure(&runtime, &receiver, &requests, PREPARED * 2);
            measure(&runtime, &receiver, &requests, samples)
        });
        if round == 0 {
            continue;
        }
        let difference = (unknown as f64 - wrong as f64) / wrong as f64;
        broken |= difference.abs() > BOUND;
        let verdict = if difference.abs() > BOUND { "  BROKEN" } else { "" };
        let bytes = if count < 1000 { "-".to_owned() } else { bytes.to_string() };
        println!("{count:>8} {right:>9} {wrong:>16} {unknown:>9} {:>10.1}% {bytes:>16}{verdict}", difference * 100.0);
    }
    if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
