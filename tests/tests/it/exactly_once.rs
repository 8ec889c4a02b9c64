//! The claim inside the handler's transaction, while the process is killed at every step of the handler.

use std::{
    net::SocketAddr,
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use qrhook_test_servers::Postgres;
use sqlx::PgPool;

use crate::program::{Program, deliver, wait};

const STEPS: [&str; 7] = ["start", "begun", "claimed", "written", "all-written", "committing", "committed"];

/// The number of deaths at each step.
const ROUNDS: usize = 40;

/// The number of processes that run, and die, in parallel.
const THREADS: usize = 4;

const SECRET: &str = "whsec_exactly";

fn start(url: &str, step: Option<&str>) -> Program {
    // It is expected to die, so its error messages are discarded.
    Program::start(Command::new(env!("CARGO_BIN_EXE_exactly")).arg(url).args(step).stderr(Stdio::null()))
}

/// The two good statuses of an event.
const HANDLED: u16 = 204;
const DUPLICATE: u16 = 200;

/// Delivers an event until it is accepted, like a sender.
fn insist(address: SocketAddr, id: &str) -> u16 {
    let mut answer = None;
    wait("the event is not accepted", || {
        answer = deliver(address, SECRET, id);
        matches!(answer, Some(HANDLED | DUPLICATE))
    });
    answer.unwrap()
}

/// The events that do not have exactly one row in each table, with the number of their rows.
async fn wrong(url: &str, events: usize) -> Vec<(String, i64)> {
    let pool = PgPool::connect(url).await.unwrap();
    let mut wrong = Vec::new();
    for table in ["scan", "ledger"] {
        let count = sqlx::AssertSqlSafe(format!("SELECT event, count(*) FROM {table} GROUP BY event"));
        let counts: Vec<(String, i64)> = sqlx::query_as(count).fetch_all(&pool).await.unwrap();
        assert_eq!(counts.len(), events, "{table}");
        wrong.extend(counts.into_iter().filter(|(_, count)| *count != 1));
    }
    wrong
}

fn server() -> (Postgres, String, tokio::runtime::Runtime) {
    let postgres = Postgres::start();
    let url = postgres.url();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let pool = PgPool::connect(&url).await.unwrap();
        for table in ["CREATE TABLE scan (event text)", "CREATE TABLE ledger (event text)"] {
            sqlx::query(table).execute(&pool).await.unwrap();
        }
    });
    (postgres, url, runtime)
}

#[test]
fn a_process_that_dies_at_any_step_leaves_each_event_once() {
    let (_postgres, url, runtime) = server();
    let survivor = start(&url, None);
    let (next, committed_unseen) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let cases = STEPS.len() * ROUNDS;
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    // Whether a commit succeeds although its reply is lost depends on timing: go on until one has.
                    if number >= cases && committed_unseen.load(Ordering::Relaxed) > 0 {
                        break;
                    }
                    assert!(number < cases * 10, "no commit succeeded without its reply being read");
                    let (step, id) = (STEPS[number % STEPS.len()], format!("evt_{number}"));
                    let mut dying = start(&url, Some(step));
                    assert_eq!(deliver(dying.address, SECRET, &id), None, "{step}: nothing is acknowledged");
                    assert!(!dying.child.wait().unwrap().success(), "{step}");
                    match (step, insist(survivor.address, &id)) {
                        ("committed", answer) => assert_eq!(answer, DUPLICATE),
                        ("committing", DUPLICATE) => drop(committed_unseen.fetch_add(1, Ordering::Relaxed)),
                        ("committing", _) => {}
                        (_, answer) => assert_eq!(answer, HANDLED, "{step}"),
                    }
                    assert_eq!(deliver(survivor.address, SECRET, &id), Some(DUPLICATE), "{step}");
                }
            });
        }
    });
    // Each thread took one number too many before it ended.
    let events = next.into_inner() - THREADS;
    assert_eq!(runtime.block_on(wrong(&url, events)), []);
}

#[test]
fn a_process_that_is_killed_in_a_crowd_leaves_each_event_once() {
    const KILLS: usize = 25;
    const AT_ONCE: usize = 16;
    let (_postgres, url, runtime) = server();
    let (mut kills, mut cut_off) = (0, 0);
    // Until one kill has cut off requests, which depends on timing.
    while kills < KILLS || cut_off == 0 {
        let kill = kills;
        assert!(kill < KILLS * 10, "no kill cut off a request");
        let program = start(&url, None);
        let (address, answered) = (program.address, AtomicUsize::new(0));
        thread::scope(|scope| {
            // Each event twice, in parallel.
            for number in (0..AT_ONCE).chain(0..AT_ONCE) {
                let answered = &answered;
                scope.spawn(move || {
                    if deliver(address, SECRET, &format!("evt_{kill}_{number}")).is_some() {
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            wait("too few requests got a response", || answered.load(Ordering::Relaxed) >= kill % KILLS / 2);
            drop(program);
        });
        cut_off += usize::from(answered.into_inner() < AT_ONCE * 2);
        kills += 1;
    }
    let survivor = start(&url, None);
    for kill in 0..kills {
        for number in 0..AT_ONCE {
            insist(survivor.address, &format!("evt_{kill}_{number}"));
        }
    }
    assert_eq!(runtime.block_on(wrong(&url, kills * AT_ONCE)), []);
}
