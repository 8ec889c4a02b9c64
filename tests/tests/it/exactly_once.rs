//! The claim inside the handler's transaction, with the process killed at every step of it.

use std::{
    net::SocketAddr,
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use qrhook_test_servers::Postgres;
use sqlx::PgPool;

use crate::program::{Program, deliver, wait};

const STEPS: [&str; 7] = ["start", "begun", "claimed", "written", "all-written", "committing", "committed"];

/// How often each step is died at.
const ROUNDS: usize = 40;

const SECRET: &str = "whsec_exactly";

fn start(url: &str, step: Option<&str>) -> Program {
    let mut program = Command::new(env!("CARGO_BIN_EXE_exactly"));
    // What a program says that dies is expected.
    program.stderr(Stdio::null());
    Program::start(program, |program, address| {
        program.args([&address.to_string(), url]).args(step);
    })
}

/// Delivers until the event is taken, as a sender does.
fn insist(address: SocketAddr, id: &str) {
    wait("the event is not taken", || matches!(deliver(address, SECRET, id), Some(200 | 204)));
}

/// How many events have other than one row in one of the tables.
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
    let next = AtomicUsize::new(0);
    let cases = STEPS.len() * ROUNDS;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= cases {
                        break;
                    }
                    let (step, id) = (STEPS[number % STEPS.len()], format!("evt_{number}"));
                    let mut dying = start(&url, Some(step));
                    assert_eq!(deliver(dying.address, SECRET, &id), None, "{step}: nothing is acknowledged");
                    assert!(!dying.child.wait().unwrap().success(), "{step}");
                    insist(survivor.address, &id);
                    assert_eq!(deliver(survivor.address, SECRET, &id), Some(200), "{step}: it is a duplicate now");
                }
            });
        }
    });
    assert_eq!(runtime.block_on(wrong(&url, cases)), []);
}

#[test]
fn a_process_that_is_killed_in_a_crowd_leaves_each_event_once() {
    const KILLS: usize = 25;
    const AT_ONCE: usize = 16;
    let (_postgres, url, runtime) = server();
    let mut answered = 0;
    for kill in 0..KILLS {
        let program = start(&url, None);
        let address = program.address;
        thread::scope(|scope| {
            let crowd: Vec<_> = (0..AT_ONCE)
                // Each event twice at once.
                .flat_map(|number| [number, number])
                .map(|number| scope.spawn(move || deliver(address, SECRET, &format!("evt_{kill}_{number}"))))
                .collect();
            thread::sleep(Duration::from_millis(u64::try_from(kill * 3).unwrap()));
            drop(program);
            answered += crowd.into_iter().filter_map(|delivery| delivery.join().unwrap()).count();
        });
    }
    assert!(answered > 0 && answered < KILLS * AT_ONCE * 2, "no kill came in the middle: {answered} answers");
    let survivor = start(&url, None);
    for kill in 0..KILLS {
        for number in 0..AT_ONCE {
            insist(survivor.address, &format!("evt_{kill}_{number}"));
        }
    }
    assert_eq!(runtime.block_on(wrong(&url, KILLS * AT_ONCE)), []);
}
