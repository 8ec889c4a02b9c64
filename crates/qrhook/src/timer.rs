//! A timer for those who have no runtime.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

/// Waits for this long, on a thread that ends with the timer. For what happens once, such as a shutdown: a thread for
/// each request would be too much.
#[derive(Debug)]
pub(crate) struct Timer {
    state: Arc<Mutex<State>>,
    /// Dropped with the timer, which ends the thread.
    _thread: Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    over: bool,
    waiting: Option<Waker>,
}

impl Timer {
    /// A timer that starts now. Without a thread for it, it never ends, and says so in the log.
    pub(crate) fn new(time: Duration) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let (sender, timer) = mpsc::channel::<()>();
        let shared = Arc::clone(&state);
        let thread = thread::Builder::new().name("qrhook-timer".to_owned()).spawn(move || {
            if timer.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                let waiting = {
                    let mut state = lock(&shared);
                    state.over = true;
                    state.waiting.take()
                };
                waiting.into_iter().for_each(Waker::wake);
            }
        });
        if let Err(error) = thread {
            tracing::error!(%error, "no thread for a time limit; what it limits is waited for to its end");
        }
        Self { state, _thread: sender }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.state);
        if state.over {
            return Poll::Ready(());
        }
        state.waiting = Some(context.waker().clone());
        Poll::Pending
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ends_by_itself_and_with_its_owner() {
        Timer::new(Duration::from_millis(1)).await;
        let timer = Timer::new(Duration::from_secs(3600));
        let shared = Arc::clone(&timer.state);
        drop(timer);
        while Arc::strong_count(&shared) > 1 {
            tokio::task::yield_now().await;
        }
        assert!(!lock(&shared).over);
    }
}
