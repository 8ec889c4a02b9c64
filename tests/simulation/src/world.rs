//! One world: a program, its store, and some days of events.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use fastrand::Rng;
use qrhook::MemoryStore;
use tokio::{runtime::Builder, task::JoinSet, time::Instant};

use crate::{
    Bug, Tally,
    chaos::{Stores, moments, outages, restart_at},
    client::Client,
    event::Event,
    history::Histories,
    process::{Paused, Process},
    store::{Faulty, Outage},
    verdict::Judge,
};

/// A world, which is always the same for the same seed.
#[derive(Debug, Clone, Copy)]
pub struct World {
    /// The seed of everything that is random.
    pub seed: u64,
    /// The number of events.
    pub events: usize,
    /// A mistake in the store.
    pub bug: Option<Bug>,
}

/// The processes that listen now.
pub(crate) struct Running {
    processes: Mutex<[Option<Arc<Process>>; 2]>,
    stores: Stores,
    next: AtomicUsize,
}

impl Running {
    /// One of the processes that listen.
    pub(crate) fn any(&self) -> Option<Arc<Process>> {
        let processes = self.processes.lock().unwrap();
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let listening: Vec<_> = processes.iter().flatten().collect();
        listening.get(turn.checked_rem(listening.len())?).map(|process| Arc::clone(process))
    }

    /// Replaces the process that is restarted, and returns the last one.
    pub(crate) fn replace(&self, process: Option<Arc<Process>>) -> Option<Arc<Process>> {
        std::mem::replace(&mut self.processes.lock().unwrap()[0], process)
    }

    pub(crate) fn next_store(&self) -> Faulty {
        self.stores.next()
    }
}

impl World {
    /// Lets the days pass, and judges what happened.
    pub fn run(self) -> Tally {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(self.days())
    }

    async fn days(self) -> Tally {
        let mut rng = Rng::with_seed(self.seed);
        let moments = moments(&mut rng);
        let events: Vec<_> = (0..self.events).map(|_| Arc::new(Event::random(rng.fork(), &moments))).collect();
        let histories = Histories::of(events.len());
        let clock = Paused(Instant::now());
        let durable = rng.u32(0..4) > 0;
        let stores = self.stores(durable, outages(&mut rng, &moments), &histories, clock, &mut rng);
        let first = Process::start(&stores.next(), clock, &histories);
        // Two processes need a store that they can share.
        let second = (durable && rng.bool()).then(|| Process::start(&stores.next(), clock, &histories));
        let processes = Mutex::new([Some(first), second]);
        let running = Arc::new(Running { processes, stores, next: AtomicUsize::new(0) });

        let mut tasks = JoinSet::new();
        tasks.spawn(restart_at(moments, Arc::clone(&running), histories.clone(), clock, rng.fork()));
        for (id, event) in events.iter().enumerate() {
            let (running, histories, event) = (Arc::clone(&running), histories.clone(), Arc::clone(event));
            tasks.spawn(Client { running, histories, clock, id, event, durable }.deliver());
        }
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
        let last = std::mem::take(&mut *running.processes.lock().unwrap());
        for process in last.into_iter().flatten() {
            process.end().await;
        }
        let judge = Judge { world: self, durable, restarts: histories.restarts() };
        let histories = histories.lock();
        events.iter().zip(histories.iter()).enumerate().fold(Tally::default(), |mut tally, (id, (event, history))| {
            judge.judge(id, event, history, &mut tally);
            tally
        })
    }

    fn stores(
        self,
        durable: bool,
        outages: Vec<Outage>,
        histories: &Histories,
        clock: Paused,
        rng: &mut Rng,
    ) -> Stores {
        let (histories, seed, bug) = (histories.clone(), rng.u64(..), self.bug);
        let make = move || {
            let store = MemoryStore::new().with_clock(clock);
            Faulty::new(store, durable, bug, histories.clone(), outages.clone(), Rng::with_seed(seed))
        };
        if durable { Stores::Durable(make()) } else { Stores::Volatile(Box::new(make)) }
    }
}
