//! Waiting for futures without a runtime.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

/// One of several things that are done at the same time.
pub type Step = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Waits for a future on this thread. Enough for a store that needs no runtime.
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

/// Takes these steps in turns on one task, until all are done.
pub async fn in_turns(mut steps: Vec<Step>) {
    poll_fn(|context| {
        steps.retain_mut(|step| step.as_mut().poll(context).is_pending());
        if steps.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Takes these steps on several threads, and waits for them here.
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
