//! One process of the simulated program.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use http::Method;
use qrhook::{
    Clock, Provider, Receiver, Secrets, UnixTime,
    codeqr::CodeQr,
    qrplanet::QrPlanet,
    qrstudio::QrStudio,
    receiver::adapter::{Answer, accept, judge},
    testing::SignedRequest,
    verify::Head,
};
use tokio::{
    sync::{oneshot, watch},
    task::AbortHandle,
    time::{Instant, sleep},
};

use crate::{
    event::{Event, Sender},
    handler,
    history::{Histories, Id},
    store::Faulty,
};

tokio::task_local! {
    /// The event that a task is about.
    pub(crate) static CURRENT: Id;
}

pub(crate) const SECRET: &str = "whsec_simulation";
const EPOCH: i64 = 1_778_335_283;

/// The time that a process has to end, as in the servers of the adapters.
const DRAIN: Duration = Duration::from_secs(25);

/// A clock that follows tokio's paused time.
#[derive(Clone, Copy)]
pub(crate) struct Paused(pub(crate) Instant);

impl Clock for Paused {
    fn unix(&self) -> UnixTime {
        UnixTime::from_secs(EPOCH + i64::try_from(self.0.elapsed().as_secs()).unwrap())
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

pub(crate) struct Process {
    studio: Receiver<QrStudio>,
    code: Receiver<CodeQr>,
    planet: Receiver<QrPlanet>,
    histories: Histories,
    tasks: Mutex<Vec<(Id, AbortHandle)>>,
    requests: watch::Sender<usize>,
}

/// A request to a process, for its client.
pub(crate) struct Connection {
    pub(crate) response: oneshot::Receiver<u16>,
    request: AbortHandle,
}

impl Connection {
    /// The client leaves: its framework drops the future of the request.
    pub(crate) fn leave(&self) {
        self.request.abort();
    }
}

impl Process {
    pub(crate) fn start(store: &Faulty, clock: Paused, histories: &Histories) -> Arc<Self> {
        Arc::new(Self {
            studio: receiver(store, clock),
            code: receiver(store, clock),
            planet: receiver(store, clock),
            histories: histories.clone(),
            tasks: Mutex::default(),
            requests: watch::Sender::new(0),
        })
    }

    /// Takes a request, whose body is complete after some time.
    pub(crate) fn take(
        self: &Arc<Self>,
        id: Id,
        event: &Arc<Event>,
        request: SignedRequest,
        body: Duration,
    ) -> Connection {
        match event.sender {
            Sender::QrStudio => self.take_for(self.studio.clone(), id, event, request, body),
            Sender::CodeQr => self.take_for(self.code.clone(), id, event, request, body),
            Sender::QrPlanet => self.take_for(self.planet.clone(), id, event, request, body),
        }
    }

    fn take_for<P: Provider + Default>(
        self: &Arc<Self>,
        receiver: Receiver<P>,
        id: Id,
        event: &Arc<Event>,
        request: SignedRequest,
        body: Duration,
    ) -> Connection {
        let (sender, response) = oneshot::channel();
        let counted = Counted::new(&self.requests);
        let (process, event) = (Arc::clone(self), Arc::clone(event));
        let request = self.spawn(id, async move {
            let status = process.respond(receiver, id, event, request, body).await;
            // Its client may have left.
            let _ = sender.send(status);
            drop(counted);
        });
        Connection { response, request }
    }

    /// As an adapter does.
    async fn respond<P: Provider + Default>(
        self: Arc<Self>,
        receiver: Receiver<P>,
        id: Id,
        event: Arc<Event>,
        request: SignedRequest,
        body: Duration,
    ) -> u16 {
        let mut pieces = arriving(request.body, body);
        let accepted =
            accept(&receiver, Head::new(&Method::POST, &request.headers), |context| pieces.as_mut().poll(context))
                .await;
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(rejection) => return rejection.status().as_u16(),
        };
        let (histories, judging) = (self.histories.clone(), receiver.clone());
        let (work, reply) = accepted.handle(move |_| async move {
            let (status, handled) = judge(&judging, handler::run(&histories, id, &event).await, None);
            Answer::new(status.as_u16(), handled)
        });
        let reply = reply.wait(Box::pin(work), |rest| drop(self.spawn(id, rest))).await;
        reply.unwrap_or_else(|rejection| rejection.status().as_u16())
    }

    fn spawn(&self, id: Id, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let task = tokio::spawn(CURRENT.scope(id, task)).abort_handle();
        let mut tasks = self.tasks.lock().unwrap();
        if tasks.len() > 64 {
            tasks.retain(|(_, task)| !task.is_finished());
        }
        tasks.push((id, task.clone()));
        task
    }

    /// Ends as after `kill -9`.
    pub(crate) fn kill(&self) {
        let now = self.histories.now();
        for (id, task) in self.tasks.lock().unwrap().drain(..) {
            if !task.is_finished() {
                task.abort();
                self.histories.change(id, |history| history.kills.push(now));
            }
        }
    }

    /// Ends as after SIGTERM, when nobody can connect any more: waits for the open requests, then drains.
    pub(crate) async fn end(&self) {
        let ends = Instant::now() + DRAIN;
        let mut requests = self.requests.subscribe();
        let _ = tokio::time::timeout_at(ends, requests.wait_for(|open| *open == 0)).await;
        let left = || ends.saturating_duration_since(Instant::now());
        tokio::join!(self.studio.drain(left()), self.code.drain(left()), self.planet.drain(left()));
        self.kill();
    }
}

fn receiver<P: Provider + Default>(store: &Faulty, clock: Paused) -> Receiver<P> {
    let secrets = Secrets::one(SECRET).unwrap();
    Receiver::builder("simulation", secrets, store.clone()).with_clock(clock).build().unwrap()
}

/// A body that is complete after this time.
fn arriving(body: Bytes, after: Duration) -> Pin<Box<impl Future<Output = Option<Result<Bytes, qrhook::Rejection>>>>> {
    let mut body = Some(body);
    let mut waited = Box::pin(async move {
        if !after.is_zero() {
            sleep(after).await;
        }
    });
    let mut complete = false;
    Box::pin(poll_fn(move |context| {
        if !complete {
            match pin!(&mut waited).poll(context) {
                Poll::Ready(()) => complete = true,
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(body.take().map(Ok))
    }))
}

/// Counts an open request.
struct Counted(watch::Sender<usize>);

impl Counted {
    fn new(requests: &watch::Sender<usize>) -> Self {
        requests.send_modify(|open| *open += 1);
        Self(requests.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}
