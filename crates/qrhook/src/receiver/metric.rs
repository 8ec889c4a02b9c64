//! The names of the metrics. `docs/metrics.md` explains them, and a test compares the two.

/// A metric: its name and a description for exporters.
pub(super) struct Metric {
    pub(super) name: &'static str,
    #[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "exporters show it"))]
    kind: Kind,
    #[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "exporters show it"))]
    description: &'static str,
}

#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    /// The suffix of its name is the unit.
    Histogram,
}

macro_rules! metrics {
    ($($constant:ident: $kind:ident $name:literal, $description:literal;)*) => {
        $(pub(super) const $constant: Metric = Metric { name: $name, kind: Kind::$kind, description: $description };)*

        /// Describes the metrics to the exporter, if one is installed.
        pub(super) fn describe() {
            #[cfg(feature = "metrics")]
            for metric in [$($constant),*] {
                metric.describe();
            }
        }
    };
}

metrics! {
    DELIVERIES: Counter "qrhook_deliveries_total", "Verified deliveries that ended, by type and outcome";
    REJECTIONS: Counter "qrhook_rejections_total", "Requests whose response was not the handler's, by reason";
    REPEATS: Counter "qrhook_repeats_total", "Deliveries of events that were handled before or are being handled";
    ID_CONFLICTS: Counter "qrhook_id_conflicts_total", "Ids that returned with another type or creation time";
    UNCLAIMED: Counter "qrhook_unclaimed_total", "Events delivered without a claim because the store failed";
    UNCOMMITTED: Counter "qrhook_uncommitted_total", "Handled events whose commit was given up";
    CLAIMS_LOST: Counter "qrhook_claims_lost_total", "Claims whose lease was over before they were settled";
    ODD_DELIVERIES: Counter "qrhook_odd_deliveries_total", "Deliveries with an unknown type or with fields that do not fit";
    SECRET_MATCHES: Counter "qrhook_secret_matches_total", "Verified requests, by the secret that matched";
    SECRET_LAST_MATCH: Gauge "qrhook_secret_last_match_timestamp_seconds", "Time of the last verified request, by the secret that matched";
    HANDLERS_RUNNING: Gauge "qrhook_handlers_running", "Handlers that are running";
    HANDLERS_WAITING: Gauge "qrhook_handlers_waiting", "Deliveries that wait for a running handler to end";
    STORE_FULLNESS: Gauge "qrhook_store_fullness_ratio", "Share of the store's capacity in use, from 0 to 1, after the last step of the store";
    SIGNATURE_AGE: Histogram "qrhook_signature_age_seconds", "Age of authentic signatures; negative if the sender's clock is ahead";
    BODY_BYTES: Histogram "qrhook_body_bytes", "Size of verified bodies";
    HANDLER_TIME: Histogram "qrhook_handler_seconds", "Time that handlers ran, by type";
    STORE_TIME: Histogram "qrhook_store_seconds", "Time of the store's steps, by step and result";
}

#[cfg(feature = "metrics")]
impl Metric {
    fn describe(&self) {
        use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

        let Self { name, kind, description } = *self;
        match kind {
            Kind::Counter => describe_counter!(name, Unit::Count, description),
            Kind::Gauge if name.ends_with("_seconds") => describe_gauge!(name, Unit::Seconds, description),
            Kind::Gauge => describe_gauge!(name, description),
            Kind::Histogram if name.ends_with("_bytes") => describe_histogram!(name, Unit::Bytes, description),
            Kind::Histogram => describe_histogram!(name, Unit::Seconds, description),
        }
    }
}
