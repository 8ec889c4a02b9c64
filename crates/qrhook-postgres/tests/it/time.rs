//! The clock of a program has no effect: leases and retentions run on the server's clock.

use std::{
    process::Command,
    time::{Duration, SystemTime},
};

use qrhook::store::{Outcome, Settled, Store};

use crate::support::{DONE, LEASE, RETENTION, Server, claim, connect, found, handle};

const URL: &str = "QRHOOK_POSTGRES_CHILD";
const PARENTS_TIME: &str = "QRHOOK_POSTGRES_TIME";
const DAY: u64 = 24 * 3600;

/// More than the steps take in the meantime.
const MARGIN: Duration = Duration::from_secs(3600);

fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

/// Uses the same records as a program whose clock is wrong by more than a year.
async fn use_the_records(url: &str) {
    let parents: u64 = std::env::var(PARENTS_TIME).unwrap().parse().unwrap();
    assert!(now().abs_diff(parents) > 399 * DAY, "the clock is right");
    let store = connect(url).await;
    assert_eq!(found(&store, "handled").await, DONE);
    assert_eq!(found(&store, "open").await, Outcome::InFlight);
    assert_eq!(store.sweep(usize::MAX).await.unwrap(), 0);
    handle(&store, "handled by the child").await;
    claim(&store, "open by the child").await;
}

#[tokio::test]
async fn a_program_with_a_wrong_clock_spoils_nothing() {
    if let Ok(url) = std::env::var(URL) {
        return use_the_records(&url).await;
    }
    let server = Server::start();
    for jump in ["+400d", "-400d"] {
        let url = server.fresh_url().await;
        let store = connect(&url).await;
        handle(&store, "handled").await;
        let open = claim(&store, "open").await;
        let output = Command::new("faketime")
            .args(["-f", jump])
            .arg(std::env::current_exe().unwrap())
            .args(["time::a_program_with_a_wrong_clock_spoils_nothing", "--exact", "--nocapture"])
            .env(URL, &url)
            .env(PARENTS_TIME, now().to_string())
            // Timers use the monotonic clock, which does not move when a clock is set.
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .output()
            .expect("faketime is not installed: `apt-get install faketime`, or run scripts/test");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("1 passed"), "{jump}: {said}");

        assert_eq!(found(&store, "handled by the child").await, DONE, "{jump}");
        assert_eq!(found(&store, "open by the child").await, Outcome::InFlight, "{jump}");
        assert_eq!(store.sweep(usize::MAX).await.unwrap(), 0, "{jump}");
        assert_eq!(store.commit(&open).await.unwrap(), Settled::Applied, "{jump}");
        server.pass(LEASE).await;
        claim(&store, "open by the child").await;
        server.pass(RETENTION - LEASE - MARGIN).await;
        assert_eq!(found(&store, "handled by the child").await, DONE, "{jump}");
        server.pass(MARGIN).await;
        claim(&store, "handled by the child").await;
    }
}
