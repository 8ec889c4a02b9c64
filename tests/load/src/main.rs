//! Two `qrhook listen` processes on one shared store, under load and with failures: `qrhook-load postgres|redis`.
//!
//! `qrhook send` sends rounds of deliveries; a third of them are repeats that go to the other receiver. One receiver is
//! killed with -9 and restarted five times; the database server is restarted once and hangs once. Deliveries that were
//! not acknowledged are sent again, as a platform would. At the end, the responses to the senders are compared with the
//! lines that the receivers wrote. `scripts/load` builds the command and runs this.

#![expect(clippy::arithmetic_side_effects, reason = "the numbers are small")]

mod answers;
mod lines;
mod receiver;
mod report;
mod sender;

use std::{
    env,
    error::Error,
    ops::Range,
    path::PathBuf,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use qrhook_test_servers::{Postgres, Redis, Server};

use self::{
    answers::Answers,
    lines::Lines,
    receiver::Receiver,
    report::{Report, Troubles},
    sender::Sender,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Of 2,000 deliveries each: 20,000 in all.
const ROUNDS: Range<u16> = 0..10;

/// First deliveries to each receiver in a round. Half as many are repeated to the other one.
const FIRST: u16 = 667;
const REPEATED: u16 = 333;

/// The number of requests that one sender has in flight at a time.
const PARALLEL: usize = 16;

/// The number of events in a round before something goes wrong.
const INTO_A_ROUND: usize = 100;

/// The time for retries at the end: much longer than the leases of a killed receiver.
const RETRY_TIME: Duration = Duration::from_secs(600);

const RETRY_PAUSE: Duration = Duration::from_secs(2);

fn main() -> Result<ExitCode> {
    match env::args().nth(1).as_deref() {
        Some("postgres") => run("postgres", Postgres::start()),
        // A write is on disk before Redis acknowledges it.
        Some("redis") => run("redis", Redis::start_with(&[["appendfsync", "always"]])),
        _ => Err("qrhook-load postgres|redis".into()),
    }
}

fn run(store: &'static str, mut server: impl Server) -> Result<ExitCode> {
    let started = Instant::now();
    let folder = tempfile::tempdir()?;
    // Cargo puts it next to this program.
    let command: PathBuf = env::current_exe()?.with_file_name("qrhook");
    let mut one = Receiver::start(&command, folder.path(), "one", &server.url())?;
    let other = Receiver::start(&command, folder.path(), "other", &server.url())?;
    let mut answers = Answers::default();
    let mut troubles = Troubles::default();

    for round in ROUNDS {
        let [ours, theirs] = seeds(round);
        let deliver = |receiver: &Receiver, seed, count| Sender::start(&command, folder.path(), receiver, seed, count);
        let before = one.handled()?;
        let senders = [
            deliver(&one, ours, FIRST)?,
            deliver(&other, theirs, FIRST)?,
            deliver(&other, ours, REPEATED)?,
            deliver(&one, theirs, REPEATED)?,
        ];
        one.handles(before + INTO_A_ROUND)?;
        match round {
            0 | 2 | 4 | 6 | 8 => one.kill_and_start_again()?,
            5 => {
                server.stop();
                server.start_again();
            }
            7 => {
                server.pause();
                // Until a store call timed out, however slow the machine is.
                let refused = answers.refused();
                while answers.refused() == refused {
                    answers.read(&deliver(&one, ours, 1)?.finish()?)?;
                }
                server.resume();
            }
            _ => {}
        }
        let refused = answers.refused();
        let mut failed = 0;
        for sender in senders {
            failed += answers.read(&sender.finish()?)?;
        }
        match round {
            0 | 2 | 4 | 6 | 8 => troubles.kills += usize::from(failed > 0),
            5 => troubles.restarts += usize::from(answers.refused() > refused),
            7 => troubles.hangs += usize::from(answers.refused() > refused),
            _ => {}
        }
    }
    let sent = answers.count();

    let retries_end = Instant::now() + RETRY_TIME;
    for seed in ROUNDS.flat_map(seeds) {
        let mut receivers = [&other, &one].into_iter().cycle();
        while !answers.all_acknowledged(seed, FIRST) && Instant::now() < retries_end {
            let receiver = receivers.next().ok_or("there is no receiver")?;
            answers.read(&Sender::start(&command, folder.path(), receiver, seed, FIRST)?.finish()?)?;
            if !answers.all_acknowledged(seed, FIRST) {
                thread::sleep(RETRY_PAUSE);
            }
        }
    }
    let retries = answers.count() - sent;

    let (killed, alive) = (one.outputs(), [one.terminate()?, other.terminate()?]);
    let killed = killed.split_last().map(|(_, killed)| killed.to_vec()).unwrap_or_default();
    let lines = Lines::read(&killed, &alive, &answers)?;
    let events: Vec<String> =
        ROUNDS.flat_map(seeds).flat_map(|seed| (0..FIRST).map(move |number| sender::id(seed, number))).collect();
    let report = Report::of(&events, &answers, &lines, troubles);
    println!("\ntwo receivers on one {store} server\n");
    println!("{:<52}{sent:>8}", "deliveries");
    println!("{:<52}{:>8}", "of which repeats to the other receiver", usize::from(REPEATED) * 2 * ROUNDS.len());
    println!("{:<52}{retries:>8}", "sent again at the end");
    println!("{:<52}{:>7.1}s", "total time", started.elapsed().as_secs_f64());
    println!("{report}");
    Ok(if report.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The seeds of a round's events: first those that go to one receiver first, then those that go to the other first.
fn seeds(round: u16) -> [u16; 2] {
    [round * 2, round * 2 + 1]
}
