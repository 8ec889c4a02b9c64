//! Why a request is answered without its handler, or in spite of it.

use std::{fmt, time::Duration};

use http::{HeaderValue, Response, StatusCode, header};

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
    /// More bytes of unverified bodies are being read than this receiver holds.
    TooManyBodies,
    /// As many handlers run as this receiver allows.
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
    /// The handler claims by itself, and its receiver does not leave that to it.
    ClaimNotManual,
}

/// When a sender that looks at it should try again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

impl Rejection {
    /// The reason as one word: a stable name for logs and metrics.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Unverified(error) => error.reason(),
            Self::BodyTimeout => "body-timeout",
            Self::BodyIncomplete => "body-incomplete",
            Self::TooManyBodies => "too-many-bodies",
            Self::TooManyHandlers => "too-many-handlers",
            Self::Closing => "closing",
            Self::Duplicate { id_conflict: false } => "duplicate",
            Self::Duplicate { id_conflict: true } => "id-conflict",
            Self::InFlight => "in-flight",
            Self::Store(_) => "store",
            Self::HandlerTimeout => "handler-timeout",
            Self::HandlerStopped => "handler-stopped",
            Self::HandlerPanicked => "handler-panicked",
            Self::LeaseOver => "lease-over",
            Self::TaskGone => "task-gone",
            Self::ClaimNotManual => "claim-not-manual",
        }
    }

    /// The status of the answer.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unverified(error) => match error {
                VerifyError::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
                VerifyError::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                VerifyError::UnusableBody(_) => StatusCode::BAD_REQUEST,
                _ => StatusCode::UNAUTHORIZED,
            },
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::BodyIncomplete => StatusCode::BAD_REQUEST,
            Self::Duplicate { .. } => StatusCode::OK,
            Self::HandlerPanicked | Self::ClaimNotManual => StatusCode::INTERNAL_SERVER_ERROR,
            Self::TooManyBodies
            | Self::TooManyHandlers
            | Self::Closing
            | Self::InFlight
            | Self::Store(_)
            | Self::HandlerTimeout
            | Self::HandlerStopped
            | Self::LeaseOver
            | Self::TaskGone => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Whether the handler was not called, and will not be.
    pub const fn is_before_the_handler(&self) -> bool {
        !matches!(
            self,
            Self::HandlerTimeout | Self::HandlerStopped | Self::HandlerPanicked | Self::TaskGone | Self::ClaimNotManual
        )
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
        let (reason, status) = (self.reason(), self.status().as_u16());
        match self {
            Self::Duplicate { id_conflict: false } | Self::InFlight | Self::Closing => {
                tracing::info!(sender, endpoint, reason, status, "{self}");
            }
            Self::Store(_)
            | Self::HandlerPanicked
            | Self::HandlerStopped
            | Self::LeaseOver
            | Self::TaskGone
            | Self::ClaimNotManual => {
                tracing::error!(sender, endpoint, reason, status, "{self}");
            }
            _ => tracing::warn!(sender, endpoint, reason, status, "{self}"),
        }
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
            Self::Method => f.write_str("the method is not POST"),
            Self::Unverified(error) => error.fmt(f),
            Self::BodyTimeout => f.write_str("the body did not arrive in time"),
            Self::BodyIncomplete => f.write_str("the body broke off"),
            Self::TooManyBodies => f.write_str("too many bytes of unverified bodies are being read"),
            Self::TooManyHandlers => f.write_str("too many handlers are running"),
            Self::Closing => f.write_str("the receiver is draining"),
            Self::Duplicate { id_conflict: false } => f.write_str("the event was handled before"),
            Self::Duplicate { id_conflict: true } => {
                f.write_str("another event with this id was handled before, of another type or time of creation")
            }
            Self::InFlight => f.write_str("the event is being handled"),
            Self::Store(kind) => kind.fmt(f),
            Self::HandlerTimeout => f.write_str("the handler was not done at the deadline, and runs on"),
            Self::HandlerStopped => f.write_str("the handler was stopped at its limit"),
            Self::HandlerPanicked => f.write_str("the handler panicked"),
            Self::LeaseOver => f.write_str("the lease was over before the handler could start"),
            Self::TaskGone => f.write_str("the task of the handler is gone without an answer"),
            Self::ClaimNotManual => ClaimNotManual.fmt(f),
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
