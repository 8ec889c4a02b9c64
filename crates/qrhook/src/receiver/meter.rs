//! The metrics of a receiver, through the `metrics` facade. Without the feature `metrics`, nothing is measured.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use super::metric;
use crate::{
    rejection::Rejection,
    store::StoreError,
    time::UnixTime,
    verify::{Proof, VerifyError},
};

/// The label of a type that is unknown, and of an event without a type: strings of a sender are not bounded.
const OTHER: &str = "other";

/// The most tenants that have a label of their own. Further ones share [`OTHER`].
const TENANTS: usize = 1000;

/// A handle to the metrics of one receiver and its tenants.
#[derive(Debug, Clone)]
pub(super) struct Meter {
    sender: &'static str,
    endpoint: Arc<str>,
    tenants: Arc<RwLock<HashSet<Arc<str>>>>,
    /// The label of all tenants without one of their own.
    other: Arc<str>,
}

/// Returns the metric of this kind and name, with the labels of the receiver and these.
#[cfg(feature = "metrics")]
macro_rules! metric {
    ($kind:ident, $meter:expr, $metric:expr $(, $label:literal => $value:expr)*) => {
        metrics::$kind!($metric.name, "sender" => $meter.sender, "endpoint" => Arc::clone(&$meter.endpoint) $(, $label => $value)*)
    };
}
#[cfg(not(feature = "metrics"))]
macro_rules! metric {
    ($kind:ident, $meter:expr, $metric:expr $(, $label:literal => $value:expr)*) => {{
        let _ = ($meter.sender, &$meter.endpoint, $metric.name, $($value,)*);
        Unmeasured
    }};
}

/// The same, with the label of a tenant if there is one.
macro_rules! tenant_metric {
    ($kind:ident, $meter:expr, $tenant:expr, $metric:expr $(, $label:literal => $value:expr)*) => {
        match $meter.tenant_label($tenant) {
            Some(tenant) => metric!($kind, $meter, $metric, "tenant" => tenant $(, $label => $value)*),
            None => metric!($kind, $meter, $metric $(, $label => $value)*),
        }
    };
}

impl Meter {
    pub(super) fn new(sender: &'static str, endpoint: Arc<str>) -> Self {
        metric::describe();
        let this = Self { sender, endpoint, tenants: Arc::default(), other: OTHER.into() };
        this.begin_at_zero();
        this
    }

    /// A counter that appears with its first event hides that event from rules that compare it with the time before.
    fn begin_at_zero(&self) {
        metric!(counter, self, metric::ID_CONFLICTS).increment(0);
        metric!(counter, self, metric::UNCLAIMED).increment(0);
        metric!(counter, self, metric::UNCOMMITTED).increment(0);
        metric!(counter, self, metric::CLAIMS_LOST).increment(0);
        metric!(gauge, self, metric::HANDLERS_RUNNING).increment(0.0);
        metric!(gauge, self, metric::HANDLERS_WAITING).increment(0.0);
    }

    /// The label of a tenant, of which there is a bounded number.
    fn tenant_label(&self, tenant: Option<&str>) -> Option<Arc<str>> {
        let tenant = tenant.filter(|_| MEASURED)?;
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(label) = tenants.get(tenant) {
            return Some(Arc::clone(label));
        }
        // There is no room any more, and none is ever made.
        if tenants.len() >= TENANTS {
            return Some(Arc::clone(&self.other));
        }
        drop(tenants);
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        if tenants.len() >= TENANTS && !tenants.contains(tenant) {
            return Some(Arc::clone(&self.other));
        }
        let label: Arc<str> = tenant.into();
        tenants.insert(Arc::clone(&label));
        Some(label)
    }

    /// A verified request.
    pub(super) fn verified(&self, bytes: usize, proof: &Proof, now: UnixTime) {
        if !MEASURED {
            return;
        }
        metric!(histogram, self, metric::BODY_BYTES).record(float(bytes));
        let (secret, tenant) = (&proof.secret, proof.tenant.as_deref());
        let name = || secret.label.as_deref().map_or_else(|| secret.position.to_string(), str::to_owned);
        tenant_metric!(counter, self, tenant, metric::SECRET_MATCHES, "secret" => name()).increment(1);
        let now_seconds = float(now.as_secs());
        tenant_metric!(gauge, self, tenant, metric::SECRET_LAST_MATCH, "secret" => name()).set(now_seconds);
        if let Some(signed_at) = proof.signed_at {
            self.signed(signed_at, now);
        }
    }

    fn signed(&self, signed_at: UnixTime, now: UnixTime) {
        metric!(histogram, self, metric::SIGNATURE_AGE).record(float(now.as_secs()) - float(signed_at.as_secs()));
    }

    pub(super) fn rejected(&self, rejection: &Rejection, tenant: Option<&str>) {
        tenant_metric!(counter, self, tenant, metric::REJECTIONS, "reason" => rejection.reason()).increment(1);
        match rejection {
            Rejection::Duplicate { id_conflict: true } => self.id_conflict(),
            Rejection::Duplicate { id_conflict: false } => self.repeated("done"),
            Rejection::InFlight => self.repeated("in-flight"),
            Rejection::Unverified(
                VerifyError::Stale { signed_at, now, .. } | VerifyError::Future { signed_at, now, .. },
            ) => {
                self.signed(*signed_at, *now);
            }
            _ => {}
        }
    }

    fn repeated(&self, state: &'static str) {
        metric!(counter, self, metric::REPEATS, "state" => state).increment(1);
    }

    pub(super) fn id_conflict(&self) {
        metric!(counter, self, metric::ID_CONFLICTS).increment(1);
    }

    /// The end of a delivery.
    pub(super) fn ended(&self, event_type: Option<&'static str>, outcome: &'static str, tenant: Option<&str>) {
        let event_type = event_type.unwrap_or(OTHER);
        tenant_metric!(counter, self, tenant, metric::DELIVERIES, "type" => event_type, "outcome" => outcome)
            .increment(1);
    }

    pub(super) fn odd(&self, event_type: Option<&'static str>) {
        metric!(counter, self, metric::ODD_DELIVERIES, "type" => event_type.unwrap_or(OTHER)).increment(1);
    }

    pub(super) fn handler_ran(&self, event_type: Option<&'static str>, time: Duration) {
        metric!(histogram, self, metric::HANDLER_TIME, "type" => event_type.unwrap_or(OTHER))
            .record(time.as_secs_f64());
    }

    pub(super) fn store_step(&self, step: &'static str, time: Duration, error: Option<&StoreError>) {
        let result = error.map_or("ok", |error| error.kind().as_str());
        metric!(histogram, self, metric::STORE_TIME, "step" => step, "result" => result).record(time.as_secs_f64());
    }

    pub(super) fn store_fullness(&self, fullness: Option<f64>) {
        if let Some(fullness) = fullness {
            metric!(gauge, self, metric::STORE_FULLNESS).set(fullness);
        }
    }

    pub(super) fn handler_waits(&self) {
        metric!(gauge, self, metric::HANDLERS_WAITING).increment(1.0);
    }

    pub(super) fn handler_waits_no_more(&self) {
        metric!(gauge, self, metric::HANDLERS_WAITING).decrement(1.0);
    }

    pub(super) fn handler_starts(&self) {
        metric!(gauge, self, metric::HANDLERS_RUNNING).increment(1.0);
    }

    pub(super) fn handler_ends(&self) {
        metric!(gauge, self, metric::HANDLERS_RUNNING).decrement(1.0);
    }

    pub(super) fn unclaimed(&self) {
        metric!(counter, self, metric::UNCLAIMED).increment(1);
    }

    pub(super) fn uncommitted(&self) {
        metric!(counter, self, metric::UNCOMMITTED).increment(1);
    }

    pub(super) fn claim_lost(&self) {
        metric!(counter, self, metric::CLAIMS_LOST).increment(1);
    }
}

/// Whether the metrics are measured.
pub(super) const MEASURED: bool = cfg!(feature = "metrics");

/// A metric that is not measured.
#[cfg(not(feature = "metrics"))]
struct Unmeasured;

#[cfg(not(feature = "metrics"))]
impl Unmeasured {
    const fn increment<N: Copy>(self, _: N) {}
    const fn decrement(self, _: f64) {}
    const fn set(self, _: f64) {}
    const fn record(self, _: f64) {}
}

/// The nearest number that a metric can hold.
fn float(number: impl TryInto<i64>) -> f64 {
    let number = number.try_into().unwrap_or(i64::MAX);
    #[expect(clippy::as_conversions, reason = "there is no other conversion; above 2^53 it rounds")]
    let number = number as f64;
    number
}
