//! Two `qrhook listen` on one shared store, under load, while things go wrong: `qrhook-load postgres|redis`.
//!
//! Rounds of deliveries come from `qrhook send`, a third of them repeats that go to the other receiver. One receiver is
//! killed with -9 and started again five times, the database server is restarted once. What was not acknowledged is sent
//! again, as a platform does. Then the answers that the senders got are compared with the lines that the receivers
//! wrote. `scripts/load` builds the command and runs this.

#![expect(clippy::arithmetic_side_effects, reason = "these are small numbers")]

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

use qrhook_test_servers::{Postgres, Redis};

use self::{answers::Answers, lines::Lines, receiver::Receiver, report::Report, sender::Sender};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// With 2,000 deliveries each: 20,000.
const ROUNDS: Range<u16> = 0..10;

/// First deliveries to one receiver in a round. Half as many go to the other one again.
const FIRST: u16 = 667;
const REPEATED: u16 = 333;

/// How many of one sender are on their way at once.
const PARALLEL: usize = 16;

/// When, in a round, something goes wrong.
const INTO_A_ROUND: Duration = Duration::from_millis(150);

/// How long platforms are imitated at the end: longer than the lease of a receiver that was killed.
const RETRY_TIME: Duration = Duration::from_secs(60);

const RETRY_PAUSE: Duration = Duration::from_secs(2);

fn main() -> Result<ExitCode> {
    match env::args().nth(1).as_deref() {
        Some("postgres") => {
            let mut server = Postgres::start();
            run("postgres", &server.url(), || {
                server.stop();
                server.start_again();
            })
        }
        Some("redis") => {
            // What is acknowledged is on the disk.
            let mut server = Redis::start_with(&[["appendfsync", "always"]]);
            run("redis", &server.url(), || {
                server.stop();
                server.start_again();
            })
        }
        _ => Err("qrhook-load postgres|redis".into()),
    }
}

fn run(store: &'static str, url: &str, mut restart_server: impl FnMut()) -> Result<ExitCode> {
    let started = Instant::now();
    let folder = tempfile::tempdir()?;
    // Beside this program, where cargo puts both.
    let command: PathBuf = env::current_exe()?.with_file_name("qrhook");
    let mut one = Receiver::start(&command, folder.path(), "one", url)?;
    let other = Receiver::start(&command, folder.path(), "other", url)?;
    let mut answers = Answers::default();
    let (mut kills, mut restarts) = (0, 0);

    for round in ROUNDS {
        let [ours, theirs] = seeds(round);
        let deliver = |receiver: &Receiver, seed, count| Sender::start(&command, folder.path(), receiver, seed, count);
        let senders = [
            deliver(&one, ours, FIRST)?,
            deliver(&other, theirs, FIRST)?,
            deliver(&other, ours, REPEATED)?,
            deliver(&one, theirs, REPEATED)?,
        ];
        thread::sleep(INTO_A_ROUND);
        if round % 2 == 0 {
            one.kill_and_start_again()?;
            kills += 1;
        } else if round == 5 {
            restart_server();
            restarts += 1;
        }
        for sender in senders {
            answers.read(&sender.finish()?)?;
        }
    }
    let sent = answers.count();

    let retries_end = Instant::now() + RETRY_TIME;
    let mut retries = 0;
    for seed in ROUNDS.flat_map(seeds) {
        let mut receivers = [&other, &one].into_iter().cycle();
        while !answers.all_acknowledged(seed, FIRST) && Instant::now() < retries_end {
            let receiver = receivers.next().ok_or("there are two")?;
            let before = answers.count();
            answers.read(&Sender::start(&command, folder.path(), receiver, seed, FIRST)?.finish()?)?;
            retries += answers.count() - before;
            if !answers.all_acknowledged(seed, FIRST) {
                thread::sleep(RETRY_PAUSE);
            }
        }
    }

    let (killed, alive) = (one.outputs(), [one.terminate()?, other.terminate()?]);
    let killed = killed.split_last().map(|(_, killed)| killed.to_vec()).unwrap_or_default();
    let lines = Lines::read(&killed, &alive)?;
    let events: Vec<String> =
        ROUNDS.flat_map(seeds).flat_map(|seed| (0..FIRST).map(move |n| sender::id(seed, n))).collect();
    let report = Report::of(&events, &answers, &lines);
    println!("\ntwo receivers on one {store} server\n");
    println!("{:<44}{sent:>8}", "deliveries");
    println!("{:<44}{:>8}", "of them repeats to the other receiver", usize::from(REPEATED) * 2 * ROUNDS.len());
    println!("{:<44}{retries:>8}", "sent again at the end");
    println!("{:<44}{kills:>8}", "receiver killed with -9 and started again");
    println!("{:<44}{restarts:>8}", "database server restarted");
    println!("{:<44}{:>7.1}s", "it took", started.elapsed().as_secs_f64());
    println!("{report}");
    Ok(if report.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The seeds of a round's events: those that go to one receiver first, and those that go to the other.
fn seeds(round: u16) -> [u16; 2] {
    [round * 2, round * 2 + 1]
}
