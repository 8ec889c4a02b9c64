//! The settings of a receiver, and their check.

use std::time::Duration;

use tokio::time::Instant;

use super::ConfigError;
use crate::{
    clock::after,
    delivery::Verifier,
    provider::{Policy, Provider, StoreFailure},
    store::Terms,
};

/// The treatment of an id that returns with another type or creation time.
///
/// Set it with [`with_id_conflict`](super::ReceiverBuilder::with_id_conflict).
///
/// # Example
///
/// ```
/// use qrhook::{MemoryStore, Receiver, Rejection, Secrets, codeqr::CodeQr, receiver::IdConflict};
/// # use std::task::Poll;
/// # use http::Method;
/// # use qrhook::{receiver::adapter::{Answer, Handled, accept}, verify::Head};
/// # async fn deliver(receiver: &Receiver<CodeQr>, body: &'static str) -> Result<bool, Rejection> {
/// #     let request = qrhook::testing::sign::<CodeQr>("whsec_example", body, qrhook::UnixTime::now());
/// #     let mut body = Some(Ok(request.body));
/// #     let accepted = accept(receiver, Head::new(&Method::POST, &request.headers), |_| Poll::Ready(body.take())).await?;
/// #     let (work, reply) = accepted.handle(async |delivery| Answer::new(delivery.id_conflict(), Handled::Done { status: None }));
/// #     reply.wait(Box::pin(work), |_| unreachable!()).await
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clicked = r#"{"id":"1","event":"link.clicked","data":{}}"#;
/// let created = r#"{"id":"1","event":"link.created","data":{}}"#;
/// for (id_conflict, expected) in [
///     (IdConflict::Duplicate, Err(Rejection::Duplicate { id_conflict: true })),
///     (IdConflict::Deliver, Ok(true)),
/// ] {
///     let receiver = Receiver::<CodeQr>::builder("crm-sync", Secrets::one("whsec_example")?, MemoryStore::new())
///         .with_id_conflict(id_conflict)
///         .build()?;
///     // `deliver` signs the body, and returns `delivery.id_conflict()` as its handler sees it.
///     assert_eq!(deliver(&receiver, clicked).await, Ok(false));
///     assert_eq!(deliver(&receiver, created).await, expected);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdConflict {
    /// Treats it as a duplicate and logs a warning. This follows the vendors, who name the id as the key.
    #[default]
    Duplicate,
    /// Claims it under a key of its own and delivers it, [flagged](crate::Delivery::id_conflict). For a sender that
    /// turns out to reuse ids.
    Deliver,
}

/// The choice of events without an id that are deduplicated by their content.
///
/// Set it with [`with_content_dedupe`](super::ReceiverBuilder::with_content_dedupe).
///
/// # Example
///
/// ```
/// use qrhook::{MemoryStore, Receiver, Rejection, Secrets, qrplanet::QrPlanet, receiver::ContentDedupe};
/// # use std::task::Poll;
/// # use http::{HeaderMap, HeaderValue, Method, header};
/// # use qrhook::{receiver::adapter::{Answer, Handled, accept}, verify::Head};
/// # async fn deliver(receiver: &Receiver<QrPlanet>, body: &'static str) -> Result<(), Rejection> {
/// #     let form = HeaderValue::from_static("application/x-www-form-urlencoded");
/// #     let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, form)]);
/// #     let mut body = Some(Ok(body.into()));
/// #     let accepted = accept(receiver, Head::new(&Method::POST, &headers), |_| Poll::Ready(body.take())).await?;
/// #     let (work, reply) = accepted.handle(async |_| Answer::new((), Handled::Done { status: None }));
/// #     reply.wait(Box::pin(work), |_| unreachable!()).await
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // Two such clicks may be two events: nothing in them distinguishes one from the other.
/// let click = "event=CALL_2_ACTION_BUTTON_CLICKED&secrettoken=example";
/// for (content_dedupe, second) in [
///     (ContentDedupe::Discriminated, Ok(())),
///     (ContentDedupe::All, Err(Rejection::Duplicate { id_conflict: false })),
/// ] {
///     let receiver = Receiver::<QrPlanet>::builder("crm-sync", Secrets::one("example")?, MemoryStore::new())
///         .with_content_dedupe(content_dedupe)
///         .build()?;
///     assert_eq!(deliver(&receiver, click).await, Ok(()));
///     assert_eq!(deliver(&receiver, click).await, second);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentDedupe {
    /// Events with a field that distinguishes otherwise equal ones, such as a running counter.
    #[default]
    Discriminated,
    /// All events: two equal clicks in one second count as one.
    All,
    /// No events.
    Off,
}

/// The settings of a receiver, except those of its verifier.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) retention: Duration,
    pub(super) lease: Duration,
    pub(super) handler_limit: Duration,
    pub(super) deadline: Duration,
    pub(super) store_time: Duration,
    pub(super) max_handlers: usize,
    pub(super) id_conflict: IdConflict,
    pub(super) content_dedupe: ContentDedupe,
    pub(super) store_failure: StoreFailure,
    pub(super) manual_claims: bool,
}

/// A request that waits for a place or for its commit gets its response this long before its deadline.
const HEAD_START: Duration = Duration::from_millis(250);

impl Settings {
    pub(super) const fn of(policy: &Policy, durable: bool) -> Self {
        Self {
            retention: if durable { policy.retention } else { policy.volatile_retention },
            lease: Duration::from_secs(30),
            handler_limit: Duration::from_secs(20),
            deadline: Duration::from_millis(4500),
            store_time: Duration::from_secs(1),
            max_handlers: 1024,
            id_conflict: IdConflict::Duplicate,
            content_dedupe: ContentDedupe::Discriminated,
            store_failure: policy.store_failure,
            manual_claims: false,
        }
    }

    /// The deadline of a request that arrived at this moment.
    pub(super) fn deadline_of(&self, started: Instant) -> Instant {
        after(started, self.deadline)
    }

    /// The time by which such a request gets its response if it waits for a place or for its commit.
    pub(super) fn answer_by(&self, started: Instant) -> Instant {
        after(started, self.deadline.saturating_sub(HEAD_START))
    }

    /// Checks the settings, and returns the terms of every claim.
    pub(super) fn check<P: Provider>(&self, verifier: &Verifier<P>) -> Result<Terms, ConfigError> {
        let zeros = [
            ("retention", self.retention.is_zero()),
            ("lease", self.lease.is_zero()),
            ("handler_limit", self.handler_limit.is_zero()),
            ("deadline", self.deadline.is_zero()),
            ("store_time", self.store_time.is_zero()),
            ("body_time", verifier.body_time().is_zero()),
            ("body_limit", verifier.body_limit() == 0),
            ("field_limit", verifier.field_limit() == 0),
            ("max_handlers", self.max_handlers == 0),
        ];
        if let Some((setting, _)) = zeros.into_iter().find(|(_, zero)| *zero) {
            return Err(ConfigError::Zero { setting });
        }
        let terms = Terms::new(self.lease, self.retention, 0).map_err(|_| {
            let setting = if self.retention > Terms::MAX { "retention" } else { "lease" };
            ConfigError::TooLong { setting, limit: Terms::MAX }
        })?;
        let (body_limit, limit) = (verifier.body_limit(), verifier.budget().limit());
        if limit < body_limit {
            return Err(ConfigError::UnverifiedLimitTooSmall { limit, body_limit });
        }
        let floor = verifier.policy().retention_floor;
        if self.retention < floor {
            return Err(ConfigError::RetentionBelowFloor { retention: self.retention, floor });
        }
        if let Some(window) = verifier.window() {
            let needed = window.least_retention();
            if self.retention < needed {
                return Err(ConfigError::RetentionBelowWindow { retention: self.retention, needed });
            }
        }
        // Otherwise a body could arrive after the deadline: the response would be 503, yet the event handled and
        // committed.
        let needed = verifier.body_time();
        if self.deadline < needed {
            return Err(ConfigError::DeadlineTooShort { deadline: self.deadline, needed });
        }
        // The lease spans the step of the claim, the handler, and the step of the commit.
        let needed = self.handler_limit.saturating_add(self.store_time.saturating_mul(2));
        if self.lease < needed {
            return Err(ConfigError::LeaseTooShort { lease: self.lease, needed });
        }
        Ok(terms)
    }
}
