//! Running a handler so that a disconnected client, a panic or an expired lease does no harm.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use tokio::{
    runtime::Handle,
    time::{Instant, sleep_until},
};
use tracing::{Instrument, Span};

use super::{
    Accepted, Answer, Handled, Receiver, Reply,
    lease::Lease,
    place::Running,
    reply::{Sender, replying},
    report::Report,
    settle::Settling,
    shield::{Panicked, shielded},
    span,
};
use crate::{
    clock::{Clock, after},
    delivery::Delivery,
    provider::Provider,
    rejection::Rejection,
};

/// A claimed delivery, ready to be handled. If it is dropped without being handled, its claim is released.
#[must_use = "the claim is settled by `handle`"]
pub struct Opened<P: Provider> {
    receiver: Receiver<P>,
    delivery: Arc<Delivery<P>>,
    started: Instant,
    span: Span,
    /// Taken by the code that settles the claim.
    ours: Option<(Option<Lease>, Running)>,
}

impl<P: Provider> Accepted<P> {
    /// Claims the event and runs its handler.
    ///
    /// Returns the work, for [`Reply::wait`], and its reply. The work continues until the claim is settled or its lease
    /// is over. The reply comes after the commit or the release, or shortly before the deadline if the store delays the
    /// commit.
    pub fn handle<T, F: Future<Output = Answer<T>>>(
        self,
        handler: impl FnOnce(Arc<Delivery<P>>) -> F,
    ) -> (impl Future<Output = ()>, Reply<P, T>) {
        let (sender, reply) = replying(&self.receiver, &self.delivery, self.started);
        let span = self.span.clone();
        let work = async move {
            match self.claim().await {
                Ok(opened) => opened.run(handler, sender).await,
                Err(rejection) => sender.send(Err(rejection)),
            }
        };
        (work.instrument(span), reply)
    }
}

impl<P: Provider> Opened<P> {
    pub(super) fn new(accepted: Accepted<P>, lease: Option<Lease>) -> Self {
        let Accepted { receiver, delivery, running, started, span } = accepted;
        Self { receiver, delivery, started, span, ours: Some((lease, running)) }
    }

    /// The delivery.
    pub fn delivery(&self) -> &Arc<Delivery<P>> {
        &self.delivery
    }

    /// The receiver that opened it.
    pub fn receiver(&self) -> &Receiver<P> {
        &self.receiver
    }

    /// Runs the handler and settles the claim. Returns the work and its reply, as [`Accepted::handle`] does.
    pub fn handle<T, F: Future<Output = Answer<T>>>(
        self,
        handler: impl FnOnce(Arc<Delivery<P>>) -> F,
    ) -> (impl Future<Output = ()>, Reply<P, T>) {
        let (sender, reply) = replying(&self.receiver, &self.delivery, self.started);
        let span = self.span.clone();
        (self.run(handler, sender).instrument(span), reply)
    }

    async fn run<T, F: Future<Output = Answer<T>>>(
        mut self,
        handler: impl FnOnce(Arc<Delivery<P>>) -> F,
        sender: Sender<T>,
    ) {
        let Some((lease, mut running)) = self.ours.take() else { return };
        let receiver = self.receiver.clone();
        let report = Report { receiver: &receiver, delivery: &self.delivery, started: self.started, span: &self.span };
        let settling = Settling { report: &report, lease: lease.as_ref() };
        let handler = |delivery| async move { handler(delivery).await };
        let (clock, now) = (&*receiver.inner.clock, receiver.inner.clock.monotonic());
        let unfinished = Unfinished { report: &report, is_armed: AtomicBool::new(false) };
        let ended = match handler_limit(&receiver, lease.as_ref(), now) {
            Some(limit) => {
                running.start();
                unfinished.arm(true);
                let began = Instant::now();
                let handler = handler(Arc::clone(&self.delivery)).instrument(span::handler());
                let ended = run_within(clock, now, limit, handler).await;
                report.handler_ran(began.elapsed());
                ended
            }
            None => Err(Rejection::LeaseOver),
        };
        running.handler_is_over();
        if !matches!(ended, Ok(Answer { handled: Handled::Done { .. }, .. })) {
            // Its end is reported now, before the claim is settled.
            unfinished.arm(false);
        }
        match ended {
            Ok(Answer { response, handled }) => match handled {
                Handled::Done { status } => {
                    let reply = || {
                        unfinished.arm(false);
                        report.handled(status);
                        sender.send(Ok(response));
                    };
                    settling.commit(reply).await;
                }
                Handled::Rejected(rejection @ Rejection::Duplicate { .. }) => {
                    report.rejected(&rejection);
                    settling.commit(|| sender.send(Ok(response))).await;
                }
                Handled::Failed { status } => {
                    report.failed(status);
                    settling.release().await;
                    sender.send(Ok(response));
                }
                Handled::Rejected(rejection) => {
                    report.rejected(&rejection);
                    settling.release().await;
                    sender.send(Ok(response));
                }
            },
            Err(rejection) => {
                report.rejected(&rejection);
                settling.release().await;
                sender.send(Err(rejection));
            }
        }
        running.settled();
        // Dropped before the sweep, which a drain need not wait for.
        drop(running);
        receiver.sweep_if_due().await;
    }
}

/// Reports a delivery whose task is dropped while its handler runs, before its end was reported.
struct Unfinished<'a, P: Provider> {
    report: &'a Report<'a, P>,
    is_armed: AtomicBool,
}

impl<P: Provider> Unfinished<'_, P> {
    fn arm(&self, armed: bool) {
        self.is_armed.store(armed, Ordering::Relaxed);
    }
}

impl<P: Provider> Drop for Unfinished<'_, P> {
    fn drop(&mut self) {
        if *self.is_armed.get_mut() {
            self.report.abandoned();
        }
    }
}

/// Returns the time that the handler may run from now on: its limit, but not past the lease, part of which may already
/// be over. `None` if no time is left.
fn handler_limit<P: Provider>(receiver: &Receiver<P>, lease: Option<&Lease>, now: Duration) -> Option<Duration> {
    let settings = &receiver.inner.settings;
    let Some(lease) = lease else { return Some(settings.handler_limit) };
    let left = lease.left(now).saturating_sub(settings.store_time);
    Some(left.min(settings.handler_limit)).filter(|limit| !limit.is_zero())
}

/// Runs a handler within this time, counted from now.
///
/// The time is checked before every poll except the first, which follows at once. In a process that was frozen, the
/// timer and the handler wake together, and if the handler continued, it would run alongside that of the event's new
/// owner. The clock is checked as well, because it counts the time that a machine is suspended, and timers do not.
async fn run_within<T>(
    clock: &dyn Clock,
    now: Duration,
    limit: Duration,
    handler: impl Future<Output = Answer<T>>,
) -> Result<Answer<T>, Rejection> {
    let (until, end) = (now.saturating_add(limit), after(Instant::now(), limit));
    let (mut handler, mut timer) = (pin!(shielded(handler)), pin!(None));
    poll_fn(|context| {
        if timer.is_some() && (clock.monotonic() >= until || Instant::now() >= end) {
            return Poll::Ready(Err(Rejection::HandlerStopped));
        }
        if let Poll::Ready(ended) = handler.as_mut().poll(context) {
            return Poll::Ready(ended.map_err(|Panicked| Rejection::HandlerPanicked));
        }
        if timer.is_none() {
            timer.set(Some(sleep_until(end)));
        }
        let timer = timer.as_mut().as_pin_mut();
        timer.map_or(Poll::Pending, |timer| timer.poll(context).map(|()| Err(Rejection::HandlerStopped)))
    })
    .await
}

impl<P: Provider> Drop for Opened<P> {
    fn drop(&mut self) {
        let Some((lease, running)) = self.ours.take() else { return };
        let (receiver, delivery, started) = (self.receiver.clone(), Arc::clone(&self.delivery), self.started);
        Report { receiver: &receiver, delivery: &delivery, started, span: &self.span }.unhandled();
        // Without a runtime nothing can release the claim; it ends with its lease.
        let (Some(lease), Ok(runtime)) = (lease, Handle::try_current()) else { return };
        let span = self.span.clone();
        runtime.spawn(async move {
            let report = Report { receiver: &receiver, delivery: &delivery, started, span: &span };
            Settling { report: &report, lease: Some(&lease) }.release().await;
            drop(running);
        });
    }
}

impl<P: Provider> fmt::Debug for Opened<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}
