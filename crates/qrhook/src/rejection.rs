//! Responses that do not come from the handler.

use std::{fmt, time::Duration};

use http::{HeaderValue, Response, StatusCode, header};
use tracing::Level;

use crate::{
    store::{ClaimNotManual, StoreErrorKind},
    verify::VerifyError,
};

/// The reason why a request gets a response that is not the handler's.
///
/// A rejection determines the response: the sender sees only the status and a fixed text. The reason goes to the log
/// and into the response's extensions.
///
/// # Example
///
/// ```
/// use http::StatusCode;
/// use qrhook::{Rejection, VerifyError};
///
/// let rejection = Rejection::from(VerifyError::SignatureMismatch);
/// assert_eq!(rejection.reason(), "signature-mismatch");
/// assert_eq!(rejection.status(), StatusCode::UNAUTHORIZED);
///
/// let response = rejection.to_response();
/// assert_eq!(*response.body(), "not verified\n");
/// assert_eq!(response.extensions().get::<Rejection>(), Some(&rejection));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The method is not `POST`.
    Method,
    /// The request was not verified.
    Unverified(VerifyError),
    /// The body did not arrive in time.
    BodyTimeout,
    /// The body ended early.
    BodyIncomplete,
    /// The body is larger than an outer layer accepts.
    BodyOverOuterLimit,
    /// The receiver already holds the maximum number of bytes of unverified bodies.
    TooManyBodies,
    /// The maximum number of handlers was still running at the deadline.
    TooManyHandlers,
    /// The tenant of the request could not be looked up: the look-up failed, took too long, or had no room.
    TenantSource,
    /// The receiver is draining before a shutdown.
    Closing,
    /// The event was handled before.
    Duplicate {
        /// Whether the handled event with this id had another type or creation time.
        id_conflict: bool,
    },
    /// The event is being handled right now.
    InFlight,
    /// The store failed at the claim.
    Store(StoreErrorKind),
    /// The handler did not finish by the deadline. It keeps running.
    HandlerTimeout,
    /// The handler was stopped at its time limit.
    HandlerStopped,
    /// The handler panicked.
    HandlerPanicked,
    /// The lease expired before the handler could start.
    LeaseOver,
    /// The handler's task ended without a response, because its runtime is shutting down.
    TaskGone,
    /// The handler tried to make the claim itself, but its receiver was not built with manual claims.
    ClaimNotManual,
}

/// The delay before a retry, for senders that respect it.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The properties of a rejection.
struct Facts {
    reason: &'static str,
    status: StatusCode,
    level: Level,
    /// Whether the handler was not called, and will not be.
    before_the_handler: bool,
    /// Empty if the cause has its own text.
    text: &'static str,
}

impl Rejection {
    #[rustfmt::skip]
    const fn facts(&self) -> Facts {
        use StatusCode as Status;

        const BEFORE: bool = true;
        const AFTER: bool = false;
        let (reason, status, level, before_the_handler, text) = match self {
            Self::Method => ("method", Status::METHOD_NOT_ALLOWED, Level::WARN, BEFORE, "the method is not POST"),
            Self::Unverified(error) => (error.reason(), status_of(error), Level::WARN, BEFORE, ""),
            Self::BodyTimeout => ("body-timeout", Status::REQUEST_TIMEOUT, Level::WARN, BEFORE, "the body did not arrive in time"),
            Self::BodyIncomplete => ("body-incomplete", Status::BAD_REQUEST, Level::WARN, BEFORE, "the body ended early"),
            Self::BodyOverOuterLimit => ("body-too-large", Status::PAYLOAD_TOO_LARGE, Level::WARN, BEFORE, "the body is larger than an outer layer accepts"),
            Self::TooManyBodies => ("too-many-bodies", Status::SERVICE_UNAVAILABLE, Level::WARN, BEFORE, "too many bytes of unverified bodies are being read"),
            Self::TooManyHandlers => ("too-many-handlers", Status::SERVICE_UNAVAILABLE, Level::WARN, BEFORE, "the maximum number of handlers was still running at the deadline"),
            Self::TenantSource => ("tenant-source", Status::SERVICE_UNAVAILABLE, Level::WARN, BEFORE, "the tenant of the request could not be looked up"),
            Self::Closing => ("closing", Status::SERVICE_UNAVAILABLE, Level::INFO, BEFORE, "the receiver is draining"),
            Self::Duplicate { id_conflict: false } => ("duplicate", Status::OK, Level::INFO, BEFORE, "the event was handled before"),
            Self::Duplicate { id_conflict: true } => ("id-conflict", Status::OK, Level::WARN, BEFORE, "an event with this id but another type or creation time was handled before"),
            Self::InFlight => ("in-flight", Status::SERVICE_UNAVAILABLE, Level::INFO, BEFORE, "the event is being handled"),
            Self::Store(_) => ("store", Status::SERVICE_UNAVAILABLE, Level::ERROR, BEFORE, ""),
            Self::HandlerTimeout => ("handler-timeout", Status::SERVICE_UNAVAILABLE, Level::WARN, AFTER, "the handler did not finish by the deadline and is still running"),
            Self::HandlerStopped => ("handler-stopped", Status::SERVICE_UNAVAILABLE, Level::ERROR, AFTER, "the handler was stopped at its time limit"),
            Self::HandlerPanicked => ("handler-panicked", Status::INTERNAL_SERVER_ERROR, Level::ERROR, AFTER, "the handler panicked"),
            Self::LeaseOver => ("lease-over", Status::SERVICE_UNAVAILABLE, Level::ERROR, BEFORE, "the lease expired before the handler could start"),
            Self::TaskGone => ("task-gone", Status::SERVICE_UNAVAILABLE, Level::ERROR, AFTER, "the handler's task ended without a response"),
            Self::ClaimNotManual => ("claim-not-manual", Status::INTERNAL_SERVER_ERROR, Level::ERROR, AFTER, ClaimNotManual::TEXT),
        };
        Facts { reason, status, level, before_the_handler, text }
    }

    /// Returns the reason as one word: a stable name for logs and metrics.
    pub const fn reason(&self) -> &'static str {
        self.facts().reason
    }

    /// The status of the response.
    pub const fn status(&self) -> StatusCode {
        self.facts().status
    }

    /// Whether the handler was not called, and will not be.
    pub const fn is_before_the_handler(&self) -> bool {
        self.facts().before_the_handler
    }

    /// Whether nothing about the request is proven, so that it may come from a stranger. A server should close its
    /// HTTP/1 connection, because a stranger can send thousands of such requests on it without waiting for responses.
    pub const fn is_unproven(&self) -> bool {
        match self {
            Self::Unverified(error) => !matches!(error, VerifyError::UnusableBody(_)),
            Self::Method
            | Self::BodyTimeout
            | Self::BodyIncomplete
            | Self::BodyOverOuterLimit
            | Self::TooManyBodies => true,
            _ => false,
        }
    }

    /// Returns the complete response. Its text depends only on the status, and its extensions hold this rejection.
    pub fn to_response(&self) -> Response<&'static str> {
        let status = self.status();
        let mut response = Response::new(text(status));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER.as_secs()));
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        response.extensions_mut().insert(self.clone());
        response
    }

    /// The level of its line in the log.
    pub(crate) const fn level(&self) -> Level {
        self.facts().level
    }
}

/// A stranger sees only a 401, whichever proof failed.
const fn status_of(error: &VerifyError) -> StatusCode {
    match error {
        VerifyError::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        VerifyError::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        VerifyError::UnusableBody(_) => StatusCode::BAD_REQUEST,
        _ => StatusCode::UNAUTHORIZED,
    }
}

const fn text(status: StatusCode) -> &'static str {
    match status {
        StatusCode::OK => "already handled\n",
        StatusCode::BAD_REQUEST => "unusable request\n",
        StatusCode::UNAUTHORIZED => "not verified\n",
        StatusCode::METHOD_NOT_ALLOWED => "only POST\n",
        StatusCode::REQUEST_TIMEOUT => "the body took too long\n",
        StatusCode::PAYLOAD_TOO_LARGE => "the body is too large\n",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported content type\n",
        StatusCode::SERVICE_UNAVAILABLE => "try again later\n",
        _ => "internal error\n",
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unverified(error) => error.fmt(f),
            Self::Store(kind) => kind.fmt(f),
            _ => f.write_str(self.facts().text),
        }
    }
}

impl std::error::Error for Rejection {}

impl From<ClaimNotManual> for Rejection {
    fn from(_: ClaimNotManual) -> Self {
        Self::ClaimNotManual
    }
}

impl From<VerifyError> for Rejection {
    fn from(error: VerifyError) -> Self {
        Self::Unverified(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_is_described_by_its_cause_or_by_its_own_text() {
        for (rejection, expected) in [
            (Rejection::Store(StoreErrorKind::Full), "the store is full"),
            (
                Rejection::Unverified(VerifyError::UnsupportedMediaType),
                "the content type is not that of a url-encoded form, a multipart form or JSON",
            ),
            (Rejection::InFlight, "the event is being handled"),
        ] {
            assert_eq!(rejection.to_string(), expected);
        }
    }
}
