//! Waiting for futures without a runtime.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

/// One of several futures that run at the same time.
pub type Step = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs a future to its end on this thread. This is enough for a store that needs no runtime.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// Polls these steps in turn on one task until all are done.
pub async fn in_turns(mut steps: Vec<Step>) {
    poll_fn(|context| {
        steps.retain_mut(|step| step.as_mut().poll(context).is_pending());
        if steps.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Runs these steps on several threads, and blocks until all are done.
pub fn on_threads(steps: Vec<Step>) {
    const THREADS: usize = 8;
    let mut shares: [Vec<Step>; THREADS] = Default::default();
    for (step, share) in steps.into_iter().zip((0..THREADS).cycle()) {
        shares[share].push(step);
    }
    thread::scope(|scope| {
        for share in shares {
            scope.spawn(|| block_on(in_turns(share)));
        }
    });
}

/// Waits for a future for at most this long, with a thread as the timer. `None` when the time ran out.
pub(super) async fn within<T>(time: Duration, future: impl Future<Output = T>) -> Option<T> {
    #[derive(Default)]
    struct Timer {
        over: bool,
        waiting: Option<Waker>,
    }

    let timer = Arc::<Mutex<Timer>>::default();
    let shared = Arc::clone(&timer);
    // Dropped with this future, which ends the thread.
    let (_running, ended) = mpsc::channel::<()>();
    thread::spawn(move || {
        if ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
            let mut timer = shared.lock().unwrap_or_else(PoisonError::into_inner);
            timer.over = true;
            timer.waiting.take().into_iter().for_each(Waker::wake);
        }
    });
    let mut future = pin!(future);
    poll_fn(|context| {
        if let Poll::Ready(value) = future.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        let mut timer = timer.lock().unwrap_or_else(PoisonError::into_inner);
        timer.waiting = Some(context.waker().clone());
        if timer.over { Poll::Ready(None) } else { Poll::Pending }
    })
    .await
}
