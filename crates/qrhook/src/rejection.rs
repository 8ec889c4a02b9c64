//! Why a request is answered without its handler, or in spite of it.

use std::{fmt, time::Duration};

use http::{HeaderValue, Response, StatusCode, header};
use tracing::Level;

use crate::{
    store::{ClaimNotManual, StoreErrorKind},
    verify::VerifyError,
};

/// Why a request is answered without its handler, or in spite of it.
///
/// It knows its answer: the sender learns the status and a fixed text, and nothing of the reason, which goes to the
/// log and into the response's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The method is not `POST`.
    Method,
    /// The request was not verified.
    Unverified(VerifyError),
    /// The body did not arrive in time.
    BodyTimeout,
    /// The body broke off.
    BodyIncomplete,
    /// The body is larger than a layer outside of this one accepts.
    BodyOverOuterLimit,
    /// More bytes of unverified bodies are being read than this receiver holds.
    TooManyBodies,
    /// As many handlers ran until the deadline as this receiver allows.
    TooManyHandlers,
    /// The receiver is draining before a shutdown.
    Closing,
    /// The event was handled before.
    Duplicate {
        /// Whether the handled event with this id was of another type or time of creation.
        id_conflict: bool,
    },
    /// The event is being handled.
    InFlight,
    /// The store failed at the claim.
    Store(StoreErrorKind),
    /// The handler was not done at the deadline. It runs on.
    HandlerTimeout,
    /// The handler was stopped at its limit.
    HandlerStopped,
    /// The handler panicked.
    HandlerPanicked,
    /// The lease was over before the handler could start.
    LeaseOver,
    /// The task of the handler is gone without an answer, because its runtime is ending.
    TaskGone,
    /// The handler claims by itself, and its receiver is not built for that.
    ClaimNotManual,
}

/// When a sender that looks at it should try again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// What there is to know about a rejection.
struct Facts {
    reason: &'static str,
    status: StatusCode,
    level: Level,
    /// Whether the handler was not called, and will not be.
    before_the_handler: bool,
    /// Empty for those whose cause has a text of its own.
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
            Self::BodyIncomplete => ("body-incomplete", Status::BAD_REQUEST, Level::WARN, BEFORE, "the body broke off"),
            Self::BodyOverOuterLimit => ("body-too-large", Status::PAYLOAD_TOO_LARGE, Level::WARN, BEFORE, "the body is larger than an outer layer accepts"),
            Self::TooManyBodies => ("too-many-bodies", Status::SERVICE_UNAVAILABLE, Level::WARN, BEFORE, "too many bytes of unverified bodies are being read"),
            Self::TooManyHandlers => ("too-many-handlers", Status::SERVICE_UNAVAILABLE, Level::WARN, BEFORE, "too many handlers ran until the deadline"),
            Self::Closing => ("closing", Status::SERVICE_UNAVAILABLE, Level::INFO, BEFORE, "the receiver is draining"),
            Self::Duplicate { id_conflict: false } => ("duplicate", Status::OK, Level::INFO, BEFORE, "the event was handled before"),
            Self::Duplicate { id_conflict: true } => ("id-conflict", Status::OK, Level::WARN, BEFORE, "another event with this id was handled before, of another type or time of creation"),
            Self::InFlight => ("in-flight", Status::SERVICE_UNAVAILABLE, Level::INFO, BEFORE, "the event is being handled"),
            Self::Store(_) => ("store", Status::SERVICE_UNAVAILABLE, Level::ERROR, BEFORE, ""),
            Self::HandlerTimeout => ("handler-timeout", Status::SERVICE_UNAVAILABLE, Level::WARN, AFTER, "the handler was not done at the deadline, and runs on"),
            Self::HandlerStopped => ("handler-stopped", Status::SERVICE_UNAVAILABLE, Level::ERROR, AFTER, "the handler was stopped at its limit"),
            Self::HandlerPanicked => ("handler-panicked", Status::INTERNAL_SERVER_ERROR, Level::ERROR, AFTER, "the handler panicked"),
            Self::LeaseOver => ("lease-over", Status::SERVICE_UNAVAILABLE, Level::ERROR, BEFORE, "the lease was over before the handler could start"),
            Self::TaskGone => ("task-gone", Status::SERVICE_UNAVAILABLE, Level::ERROR, AFTER, "the task of the handler is gone without an answer"),
            Self::ClaimNotManual => ("claim-not-manual", Status::INTERNAL_SERVER_ERROR, Level::ERROR, AFTER, ClaimNotManual::TEXT),
        };
        Facts { reason, status, level, before_the_handler, text }
    }

    /// The reason as one word: a stable name for logs and metrics.
    pub const fn reason(&self) -> &'static str {
        self.facts().reason
    }

    /// The status of the answer.
    pub const fn status(&self) -> StatusCode {
        self.facts().status
    }

    /// Whether the handler was not called, and will not be.
    pub const fn is_before_the_handler(&self) -> bool {
        self.facts().before_the_handler
    }

    /// The whole answer. Its text depends on nothing but the status, and this rejection is in its extensions.
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

    /// Writes it to the log. For adapters; a receiver logs its own rejections.
    pub fn log(&self, sender: &'static str, endpoint: &str) {
        let Facts { reason, status, level, .. } = self.facts();
        let status = status.as_u16();
        match level {
            Level::ERROR => tracing::error!(sender, endpoint, reason, status, "{self}"),
            Level::WARN => tracing::warn!(sender, endpoint, reason, status, "{self}"),
            _ => tracing::info!(sender, endpoint, reason, status, "{self}"),
        }
    }
}

/// A stranger learns nothing but 401, whichever proof failed.
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
