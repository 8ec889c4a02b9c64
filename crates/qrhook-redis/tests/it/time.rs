//! Jumps of the clock. Only the server's clock counts.

use std::process::Command;

use qrhook::{
    UnixTime,
    store::{Outcome, Settled, Store},
};
use qrhook_test_servers::Redis;

use crate::support::{DONE, claim, connect, found, handle, patient};

const URL: &str = "QRHOOK_REDIS_CHILD";
const NOW: &str = "QRHOOK_REDIS_NOW";

/// Runs this program again with one test, which learns from the environment that it is a child.
fn child_at(jump: &str, url: &str) {
    let mut child = Command::new("faketime");
    child
        .args(["-f", jump])
        .arg(std::env::current_exe().unwrap())
        .args(["time::jumps_of_the_programs_clock_change_nothing", "--exact", "--nocapture"])
        .env(URL, url)
        .env(NOW, UnixTime::now().as_secs().to_string());
    let output = child.output().expect("faketime is installed: `apt-get install faketime`, or run scripts/test");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{jump}: {said}");
    let now = format!("\nthe child's clock jumped by {jump}\n");
    assert!(said.contains(&now), "{jump}: {said}");
}

/// Claims the events of the parent, with a different clock.
async fn look(url: &str) {
    let store = patient().connect(url).await.unwrap();
    assert_eq!(found(&store, "live").await, Outcome::InFlight);
    assert_eq!(found(&store, "done").await, DONE);
    let claimed = claim(&store, "by the child").await;
    assert_eq!(found(&store, "by the child").await, Outcome::InFlight);
    assert_eq!(store.commit(&claimed).await.unwrap(), Settled::Applied);
    let now: i64 = std::env::var(NOW).unwrap().parse().unwrap();
    let half_a_day = 12 * 3600;
    let days = (UnixTime::now().as_secs() - now + half_a_day).div_euclid(2 * half_a_day);
    println!("\nthe child's clock jumped by {days:+}d");
}

#[tokio::test]
async fn jumps_of_the_programs_clock_change_nothing() {
    if let Ok(url) = std::env::var(URL) {
        return look(&url).await;
    }
    let redis = Redis::start();
    let store = connect(&redis).await;
    for jump in ["+400d", "-400d"] {
        let open = claim(&store, "live").await;
        handle(&store, "done").await;
        child_at(jump, &redis.url());
        assert_eq!(found(&store, "by the child").await, DONE);
        assert_eq!(store.commit(&open).await.unwrap(), Settled::Applied);
        assert_eq!(redis.command(&["FLUSHALL"]), "+OK");
    }
}
