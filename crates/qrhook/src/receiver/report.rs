//! The report on a request: its line in the log, its counters and its metrics.
//!
//! Every line about a verified delivery has the same fields, so that the log alone shows what happened to an event.
//! `docs/operating.md` lists the lines and the fields.

use std::{error::Error, sync::Arc, time::Duration};

use http::StatusCode;
use tokio::time::Instant;
use tracing::{Level, Span};

use super::{Receiver, hint::Hint, meter::MEASURED};
use crate::{
    delivery::Delivery,
    event::WebhookEvent,
    provider::Provider,
    rejection::Rejection,
    store::{Claim, StoreError},
};

/// The target of the lines, so that filters do not depend on the names of private modules.
const TARGET: &str = "qrhook::receiver";

/// A verified delivery, to report on.
pub(super) struct Report<'a, P: Provider> {
    pub(super) receiver: &'a Receiver<P>,
    pub(super) delivery: &'a Delivery<P>,
    /// The time at which the request arrived.
    pub(super) started: Instant,
    pub(super) span: &'a Span,
}

/// Writes a line about a delivery.
macro_rules! line {
    ($level:ident, $report:expr, $($rest:tt)+) => {
        tracing::$level!(
            target: TARGET,
            sender = $report.delivery.sender(),
            endpoint = $report.receiver.endpoint(),
            tenant = $report.delivery.tenant().map(shown),
            id = $report.delivery.id().map(shown),
            event_type = $report.delivery.event_type().map(shown),
            took_ms = milliseconds($report.started.elapsed()),
            $($rest)+
        )
    };
}

impl<P: Provider> Report<'_, P> {
    /// The request was verified.
    pub(super) fn verified(&self) {
        let (receiver, delivery) = (self.receiver, self.delivery);
        if MEASURED {
            let now = receiver.inner.clock.unix();
            receiver.inner.meter.verified(delivery.raw().len(), delivery.proof(), now);
        }
        self.odd();
    }

    /// The handler succeeded.
    pub(super) fn handled(&self, status: Option<StatusCode>) {
        let status = status.map(|status| status.as_u16());
        self.receiver.inner.counts.add_handled();
        self.ended("handled");
        line!(info, self, outcome = "handled", status, "the event was handled");
    }

    /// The handler failed with a response, or without one.
    pub(super) fn failed(&self, status: Option<StatusCode>) {
        let status = status.map(|status| status.as_u16());
        self.receiver.count("failed");
        self.ended("failed");
        line!(
            warn,
            self,
            outcome = "failed",
            status,
            "the handler failed; the event is released for the sender's next attempt"
        );
    }

    /// The delivery was dropped before its handler began.
    pub(super) fn unhandled(&self) {
        self.receiver.count("failed");
        self.ended("failed");
        line!(
            warn,
            self,
            outcome = "failed",
            "the delivery was dropped before it was handled; the event is released for the sender's next attempt"
        );
    }

    /// The response is a rejection.
    pub(super) fn rejected(&self, rejection: &Rejection) {
        self.receiver.count(rejection.reason());
        self.receiver.inner.meter.rejected(rejection, self.delivery.tenant());
        let outcome = match rejection {
            // Not the end of the delivery: the handler is still running, or its task reports its own end.
            Rejection::HandlerTimeout | Rejection::TaskGone => None,
            _ if rejection.is_before_the_handler() => Some("rejected"),
            _ => Some("failed"),
        };
        if let Some(outcome) = outcome {
            self.ended(outcome);
        }
        let (reason, status) = (rejection.reason(), rejection.status().as_u16());
        match rejection.level() {
            Level::ERROR => line!(error, self, outcome, reason, status, "{rejection}"),
            Level::WARN => line!(warn, self, outcome, reason, status, "{rejection}"),
            _ => line!(info, self, outcome, reason, status, "{rejection}"),
        }
    }

    /// The task of the handler was dropped.
    pub(super) fn abandoned(&self) {
        self.ended("abandoned");
        line!(
            error,
            self,
            outcome = "abandoned",
            "the task of a handler was dropped before it finished; its claim ends with the lease"
        );
    }

    fn ended(&self, outcome: &'static str) {
        let (event_type, tenant) = (self.delivery.event().known_type(), self.delivery.tenant());
        self.receiver.inner.meter.ended(event_type, outcome, tenant);
        self.span.record("outcome", outcome);
    }

    /// The handler ran for this long.
    pub(super) fn handler_ran(&self, time: Duration) {
        if MEASURED {
            self.receiver.inner.meter.handler_ran(self.delivery.event().known_type(), time);
        }
    }

    /// An event with this id, but of another occurrence, was handled before.
    pub(super) fn id_conflict(&self) {
        self.receiver.count("id-conflict");
        self.receiver.inner.meter.id_conflict();
        line!(
            warn,
            self,
            "another event with this id, of another type or creation time, was handled before; this one is delivered \
             unless it was handled too"
        );
    }

    /// The event is delivered without a claim.
    pub(super) fn unclaimed(&self) {
        self.receiver.count("unclaimed");
        self.receiver.inner.meter.unclaimed();
        line!(error, self, "the event is delivered without a claim, because its sender does not retry");
    }

    /// A step of the store failed.
    pub(super) fn store_failed(&self, step: &'static str, error: &StoreError) {
        line!(error, self, step, cause = cause(error), "{error}");
    }

    /// Another owner claimed the event before its commit.
    pub(super) fn claim_lost(&self, claim: &Claim) {
        self.receiver.inner.meter.claim_lost();
        let key = claim.key();
        line!(error, self, %key, "the claim was lost before its commit; the event may be handled twice");
    }

    /// Another owner claimed the event before its release.
    pub(super) fn claim_lost_before_release(&self, claim: &Claim) {
        self.receiver.inner.meter.claim_lost();
        line!(warn, self, key = %claim.key(), "the claim was lost before its release");
    }

    /// The deadline came before the commit.
    pub(super) fn acknowledged_uncommitted(&self, claim: &Claim) {
        let key = claim.key();
        line!(
            error,
            self,
            %key,
            "the event was handled, but not committed before the deadline; the event is acknowledged anyway"
        );
    }

    /// The commit is not tried any more.
    pub(super) fn commit_given_up(&self, claim: &Claim) {
        self.receiver.inner.meter.uncommitted();
        let key = claim.key();
        line!(error, self, %key, "gave up on the commit; a repeat of the event would be handled again");
    }

    /// Something about the event is odd. Reported once an hour for each kind of oddity.
    fn odd(&self) {
        let (delivery, notices) = (self.delivery, &self.receiver.inner.notices);
        let known = delivery.event().known_type();
        if known.is_some() && delivery.oddities().is_empty() {
            return;
        }
        self.receiver.inner.meter.odd(known);
        if known.is_none() && notices.is_due(&[delivery.event_type().unwrap_or_default()]) {
            line!(
                warn,
                self,
                "the type of this event is unknown: the platform may have added it; reported once an hour"
            );
        }
        for oddity in delivery.oddities() {
            let kind = [delivery.event_type().unwrap_or_default(), &oddity.field, &oddity.reason];
            if notices.is_due(&kind) {
                let (member, oddity) = (shown(&oddity.field), shown(&oddity.reason));
                line!(warn, self, member, oddity, "a member of this event is odd; reported once an hour for each kind");
            }
        }
    }
}

/// A request that was not verified.
pub(super) struct Refused {
    pub(super) rejection: Rejection,
    pub(super) hint: Option<Hint>,
    /// The tenant that it names, if there is one of that name.
    pub(super) tenant: Option<Arc<str>>,
}

impl Refused {
    /// Writes its line, in which nothing comes from the client, and returns the rejection.
    pub(super) fn report(self, sender: &'static str, endpoint: &str, started: Instant) -> Rejection {
        let Self { rejection, hint, tenant } = self;
        let (reason, status) = (rejection.reason(), rejection.status().as_u16());
        // Made only if the line is written: a stranger may send many such requests.
        let hint = || hint.and_then(|hint| hint.text(sender));
        let took_ms = || milliseconds(started.elapsed());
        let tenant = || tenant.as_deref().map(shown);
        match rejection.level() {
            Level::INFO => {
                tracing::info!(
                    target: TARGET,
                    sender,
                    endpoint,
                    tenant = tenant(),
                    reason,
                    status,
                    took_ms = took_ms(),
                    hint = hint(),
                    "{rejection}"
                );
            }
            // Never an error: a stranger must not be able to raise an alarm.
            _ => {
                tracing::warn!(
                    target: TARGET,
                    sender,
                    endpoint,
                    tenant = tenant(),
                    reason,
                    status,
                    took_ms = took_ms(),
                    hint = hint(),
                    "{rejection}"
                );
            }
        }
        rejection
    }
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self { rejection, hint: None, tenant: None }
    }
}

/// Reports a step of the store that belongs to no delivery.
pub(super) fn store_failed(sender: &str, endpoint: &str, step: &'static str, error: &StoreError) {
    tracing::error!(target: TARGET, sender, endpoint, step, cause = cause(error), "{error}");
}

fn cause(error: &StoreError) -> Option<String> {
    error.source().map(ToString::to_string)
}

pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Formats a sender's string for a log line: of bounded length, and escaped so that it cannot pass for a line of its
/// own.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    text.escape_debug().take(LONGEST).collect()
}
