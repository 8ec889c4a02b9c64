//! Outages of the store, crashes and deploys.

use std::{sync::Arc, time::Duration};

use fastrand::Rng;
use tokio::time::sleep;

use crate::{
    event::DAY,
    history::Histories,
    process::{Paused, Process},
    store::{Faulty, Mood, Outage},
    world::Running,
};

/// The moments at which something happens, in order.
pub(crate) fn moments(rng: &mut Rng) -> Vec<Duration> {
    let mut moments: Vec<_> = (0..20).map(|_| DAY.mul_f64(rng.f64())).collect();
    moments.sort_unstable();
    moments
}

/// The outages of a store, some of them at these moments.
pub(crate) fn outages(rng: &mut Rng, moments: &[Duration]) -> Vec<Outage> {
    let moods = [Mood::Unavailable, Mood::Full, Mood::Panic, Mood::Hang, Mood::LostReply, Mood::LateReply];
    let mut outages = Vec::new();
    for moment in moments {
        if rng.bool() {
            // A slow commit can be cut off by a crash.
            let slow = Mood::Slow(Duration::from_millis(rng.u64(100..900)));
            outages.push((moment.saturating_sub(Duration::from_secs(20)), *moment + Duration::from_secs(5), slow));
        }
    }
    for _ in 0..rng.usize(0..10) {
        let moment = if rng.bool() { moments[rng.usize(0..moments.len())] } else { DAY.mul_f64(rng.f64()) };
        let from = moment.saturating_sub(Duration::from_secs_f64(rng.f64() * 10.0));
        let lasts = Duration::from_secs_f64(10.0_f64.powf(rng.f64() * 2.5));
        outages.push((from, from + lasts, moods[rng.usize(0..moods.len())]));
    }
    outages
}

/// Crashes or deploys the program at these moments.
pub(crate) async fn restart_at(
    moments: Vec<Duration>,
    running: Arc<Running>,
    histories: Histories,
    clock: Paused,
    mut rng: Rng,
) {
    let mut ending = Vec::new();
    for moment in moments {
        sleep(moment.saturating_sub(histories.now())).await;
        if rng.bool() {
            // A crash.
            if let Some(process) = running.replace(None) {
                process.kill();
            }
            sleep(Duration::from_secs_f64(10.0_f64.powf(rng.f64() * 1.5))).await;
            running.replace(Some(Process::start(&running.next_store(), clock, &histories)));
            histories.restarted();
        } else {
            // A deploy: the next process listens before the last one stops.
            let next = Process::start(&running.next_store(), clock, &histories);
            histories.restarted();
            if let Some(last) = running.replace(Some(next)) {
                ending.push(tokio::spawn(async move { last.end().await }));
            }
        }
    }
    for end in ending {
        end.await.unwrap();
    }
}

/// The stores of the processes of one world: the same one, or a new one for each process.
pub(crate) enum Stores {
    Durable(Faulty),
    Volatile(Box<dyn Fn() -> Faulty + Send + Sync>),
}

impl Stores {
    pub(crate) fn next(&self) -> Faulty {
        match self {
            Self::Durable(store) => store.clone(),
            Self::Volatile(make) => make(),
        }
    }
}
