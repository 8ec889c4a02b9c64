//! The work in progress on the workers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{Error, HttpResponse, dev::ServiceResponse, error::InternalError, http::ConnectionType};
use tokio::time::{Instant, sleep};

/// The interval at which the workers are checked while the server ends.
const LOOK: Duration = Duration::from_millis(10);

/// The work in progress on all workers of a server. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Arc<State>);

#[derive(Debug, Default)]
struct State {
    connections: AtomicUsize,
    requests: AtomicUsize,
    leaving: AtomicBool,
}

impl Progress {
    /// Counts a connection as open until the value is dropped.
    pub(super) fn connection(&self) -> InProgress {
        InProgress::new(self, |state| &state.connections)
    }

    /// Waits for the response to a request. While the server ends, it is the last one on its connection.
    pub(super) async fn respond<B>(
        self,
        response: impl Future<Output = Result<ServiceResponse<B>, Error>>,
    ) -> Result<ServiceResponse<B>, Error> {
        let _request = InProgress::new(&self, |state| &state.requests);
        let mut response = response.await;
        if self.0.leaving.load(Ordering::SeqCst) {
            response = match response {
                Ok(mut response) => {
                    close(response.response_mut());
                    Ok(response)
                }
                Err(error) => {
                    let mut response = error.error_response();
                    close(&mut response);
                    Err(InternalError::from_response(error, response).into())
                }
            };
        }
        response
    }

    /// Makes every response from now on the last one on its connection.
    pub(super) fn leave(&self) {
        self.0.leaving.store(true, Ordering::SeqCst);
    }

    /// The number of requests that wait for their response.
    pub(super) fn requests(&self) -> usize {
        self.0.requests.load(Ordering::SeqCst)
    }

    /// Waits until no connection is open, or until `grace` is over and no request is in progress.
    pub(super) async fn ended(&self, grace: Instant) {
        while self.0.connections.load(Ordering::SeqCst) > 0 && (self.requests() > 0 || Instant::now() < grace) {
            sleep(LOOK).await;
        }
    }
}

fn close<B>(response: &mut HttpResponse<B>) {
    response.head_mut().set_connection_type(ConnectionType::Close);
}

/// A connection or request that is counted until this is dropped.
#[derive(Debug)]
pub(super) struct InProgress {
    progress: Progress,
    counter: fn(&State) -> &AtomicUsize,
}

impl InProgress {
    fn new(progress: &Progress, counter: fn(&State) -> &AtomicUsize) -> Self {
        counter(&progress.0).fetch_add(1, Ordering::SeqCst);
        Self { progress: progress.clone(), counter }
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        (self.counter)(&self.progress.0).fetch_sub(1, Ordering::SeqCst);
    }
}
