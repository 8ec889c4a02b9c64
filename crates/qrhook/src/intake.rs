//! The bounded reading of a request, before anything is known about who sent it.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use http::Method;

use crate::{
    delivery::Delivery,
    provider::Provider,
    rejection::Rejection,
    time::UnixTime,
    verify::{Headers, Unverified, Verifier, VerifyError},
};

/// One request that is being read: its headers were, and its body is pushed in as it arrives.
///
/// This is what an adapter for another framework drives; the adapters of this project do nothing else.
pub struct Intake<P: Provider> {
    verifier: Verifier<P>,
    unverified: Unverified<P>,
    body: Body,
    held: Held,
    started: Instant,
}

/// A body in one chunk, which it mostly is, stays where it is.
enum Body {
    Empty,
    One(Bytes),
    Joined(BytesMut),
}

impl<P: Provider> Intake<P> {
    /// Starts reading a request that arrived at this moment.
    ///
    /// # Errors
    ///
    /// Whatever can be said without the body, in this order: the method, the signature header, the announced length,
    /// the content type, and whether there is room for another body.
    pub fn begin(
        verifier: &Verifier<P>,
        method: &Method,
        headers: impl Headers,
        started: Instant,
    ) -> Result<Self, Rejection> {
        if method != Method::POST {
            return Err(Rejection::Method);
        }
        let unverified = verifier.read(headers)?;
        let held = verifier.budget().hold()?;
        Ok(Self { verifier: verifier.clone(), unverified, body: Body::Empty, held, started })
    }

    /// Takes the next piece of the body.
    ///
    /// # Errors
    ///
    /// [`VerifyError::BodyTooLarge`] over the limit, [`Rejection::TooManyBodies`] when all bodies together are.
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        let limit = self.verifier.body_limit();
        if self.body.len().saturating_add(chunk.len()) > limit {
            return Err(VerifyError::BodyTooLarge { limit }.into());
        }
        // Counted as it comes, not as it is announced: a stranger who announces much and sends nothing holds nothing.
        self.held.add(chunk.len())?;
        self.body.push(chunk);
        Ok(())
    }

    /// How long the body may still take.
    pub fn time_left(&self, now: Instant) -> Duration {
        self.verifier.body_time().saturating_sub(now.saturating_duration_since(self.started))
    }

    /// When the request arrived.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Verifies the complete body and decodes its event.
    ///
    /// # Errors
    ///
    /// As for [`Verifier::complete`].
    pub fn verify(self, now: UnixTime) -> Result<Delivery<P>, VerifyError> {
        self.verifier.complete(&self.unverified, self.body.into_bytes(), now)
    }
}

impl<P: Provider> fmt::Debug for Intake<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake").field("sender", &P::NAME).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl Body {
    fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(chunk) => chunk.len(),
            Self::Joined(chunks) => chunks.len(),
        }
    }

    fn push(&mut self, chunk: Bytes) {
        if chunk.is_empty() {
            return;
        }
        match self {
            Self::Empty => *self = Self::One(chunk),
            Self::One(first) => {
                let mut joined = BytesMut::from(std::mem::take(first));
                joined.extend_from_slice(&chunk);
                *self = Self::Joined(joined);
            }
            Self::Joined(joined) => joined.extend_from_slice(&chunk),
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::One(chunk) => chunk,
            Self::Joined(chunks) => chunks.freeze(),
        }
    }
}

/// How many bytes of unverified bodies are held together, by all requests of one verifier.
#[derive(Clone)]
pub(crate) struct Budget {
    held: Arc<AtomicUsize>,
    limit: usize,
}

/// What one request holds of it.
struct Held {
    budget: Budget,
    bytes: usize,
}

impl Budget {
    /// 64 MiB.
    pub(crate) const DEFAULT: usize = 64 * 1024 * 1024;

    pub(crate) fn new(limit: usize) -> Self {
        Self { held: Arc::default(), limit }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    fn hold(&self) -> Result<Held, Rejection> {
        if self.held.load(Ordering::Relaxed) >= self.limit {
            return Err(Rejection::TooManyBodies);
        }
        Ok(Held { budget: self.clone(), bytes: 0 })
    }
}

impl Held {
    fn add(&mut self, bytes: usize) -> Result<(), Rejection> {
        let within = |held: usize| held.checked_add(bytes).filter(|held| *held <= self.budget.limit);
        let added = self.budget.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within);
        added.map_err(|_| Rejection::TooManyBodies)?;
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
