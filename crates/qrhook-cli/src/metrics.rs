//! The metrics of the receivers, for Prometheus.

use std::time::Duration;

use axum::{Router, http::header, routing};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use qrhook_axum::serve;
use tokio::net::TcpListener;

use crate::failure::Failure;

/// The interval at which the exporter merges its records, so that their memory stays bounded while nobody scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

/// The maximum number of connections, for a few scrapers.
const CONNECTIONS: usize = 64;

/// The type of the response: version 0.0.4 of Prometheus' text format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The buckets of the histograms: their upper bounds, by the end of the metric's name.
const BUCKETS: [(&str, &[f64]); 4] = [
    ("signature_age_seconds", &[-300.0, -60.0, -5.0, -1.0, 0.0, 1.0, 5.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 10_800.0]),
    ("body_bytes", &[256.0, 512.0, 1024.0, 2048.0, 4096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 2_097_152.0]),
    ("handler_seconds", &[0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 4.5, 10.0, 20.0]),
    ("store_seconds", &[0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0]),
];

/// The metrics, served at their own address, which need not be public.
pub(crate) struct Metrics {
    listener: TcpListener,
    recorded: PrometheusHandle,
}

impl Metrics {
    /// Binds the address. From here on, metrics are recorded; create the receivers afterwards.
    pub(crate) async fn start(address: &str) -> Result<Self, Failure> {
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|error| Failure::failed(format!("cannot listen on {address}: {error}")))?;
        let recorded = record().map_err(|error| Failure::failed(format!("cannot record metrics: {error}")))?;
        Ok(Self { listener, recorded })
    }

    /// The URL of the metrics.
    pub(crate) fn url(&self) -> std::io::Result<String> {
        Ok(format!("http://{}/metrics", self.listener.local_addr()?))
    }

    /// Serves the metrics until it is dropped, which is after the receivers have ended.
    pub(crate) async fn serve(self) {
        let (scraped, kept_up) = (self.recorded.clone(), self.recorded);
        let scrape = move || async move { ([(header::CONTENT_TYPE, TEXT)], scraped.render()) };
        let router = Router::new().route("/metrics", routing::get(scrape));
        let server = serve(self.listener, router).with_max_connections(CONNECTIONS).without_signals();
        let upkeep = async {
            loop {
                tokio::time::sleep(UPKEEP).await;
                kept_up.run_upkeep();
            }
        };
        tokio::select! {
            served = server => {
                if let Err(error) = served {
                    tracing::error!(%error, "the metrics are not served any more");
                }
            }
            () = upkeep => {}
        }
    }
}

fn record() -> Result<PrometheusHandle, BuildError> {
    let named = |builder: PrometheusBuilder, (name, bounds): (&str, &[f64])| {
        builder.set_buckets_for_metric(Matcher::Suffix(name.to_owned()), bounds)
    };
    BUCKETS.into_iter().try_fold(PrometheusBuilder::new(), named)?.install_recorder()
}
