//! The spans of a receiver, for tracing programs such as OpenTelemetry. Without the feature `spans`, there are none.

use tracing::{Span, field::Empty, info_span};

use super::report::shown;
use crate::{delivery::Delivery, provider::Provider};

const TRACED: bool = cfg!(feature = "spans");

/// The span of a request, from its arrival until its claim is settled. Once the request is verified, it shows the id
/// and the type of the event, and at the end the outcome.
pub(super) fn request(sender: &str, endpoint: &str) -> Span {
    if !TRACED {
        return Span::none();
    }
    info_span!("webhook", sender, endpoint, tenant = Empty, id = Empty, event_type = Empty, outcome = Empty)
}

pub(super) fn record_delivery<P: Provider>(span: &Span, delivery: &Delivery<P>) {
    if span.is_disabled() {
        return;
    }
    if let Some(tenant) = delivery.tenant() {
        span.record("tenant", shown(tenant));
    }
    if let Some(id) = delivery.id() {
        span.record("id", shown(id));
    }
    if let Some(event_type) = delivery.event_type() {
        span.record("event_type", shown(event_type));
    }
}

/// The span of a step of the store.
pub(super) fn store(step: &'static str) -> Span {
    if TRACED { info_span!("store", step) } else { Span::none() }
}

/// The span of a handler.
pub(super) fn handler() -> Span {
    if TRACED { info_span!("handler") } else { Span::none() }
}
