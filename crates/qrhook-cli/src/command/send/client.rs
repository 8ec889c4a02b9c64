//! The HTTP client.

use std::{
    fmt,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use qrhook::testing::SignedRequest;
use rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::{
    failure::{Failure, chain},
    stderr_lines::note,
};

/// The time that one request may take, unless another is given.
const TIME: Duration = Duration::from_secs(10);

/// Posts to one URL.
pub(super) struct Client {
    url: Uri,
    client: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    time: Duration,
}

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Status(StatusCode),
    /// No response in time.
    Timeout,
    /// The connection was refused, broke, or did not speak HTTP.
    Failed,
}

impl Client {
    pub(super) fn new(url: Uri, time: Option<Duration>) -> Result<Self, Failure> {
        let provider = ring::default_provider();
        let builder = HttpsConnectorBuilder::new();
        let builder = if url.scheme_str() == Some("https") {
            builder
                .with_provider_and_native_roots(provider)
                .map_err(|error| Failure::failed(format!("cannot read the certificates to trust: {error}")))?
        } else {
            // Plain HTTP needs no certificates, so it must also work on a system that has none.
            let config = ClientConfig::builder_with_provider(provider.into())
                .with_safe_default_protocol_versions()
                .map_err(|error| Failure::failed(chain(&error)))?;
            builder.with_tls_config(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
        };
        let connector = builder.https_or_http().enable_http1().build();
        let client = legacy::Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { url, client, time: time.unwrap_or(TIME) })
    }

    /// Posts a request, and returns its outcome and the time that it took.
    pub(super) async fn post(&self, signed: SignedRequest) -> (Answer, Duration) {
        let mut request = Request::new(Full::new(signed.body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = signed.last_segment.map_or_else(|| self.url.clone(), |segment| below(&self.url, &segment));
        *request.headers_mut() = signed.headers;
        let agent = HeaderValue::from_static(concat!("qrhook/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().insert(header::USER_AGENT, agent);
        let started = Instant::now();
        let answer = tokio::time::timeout(self.time, self.exchange(request)).await.unwrap_or(Answer::Timeout);
        (answer, started.elapsed())
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Answer {
        let response = match self.client.request(request).await {
            Ok(response) => response,
            Err(error) => {
                let reason = chain(&error);
                let hint = match self.url.scheme_str() {
                    Some("https") if reason.contains("InvalidContentType") => {
                        "; the server does not speak TLS: use http://"
                    }
                    _ => "",
                };
                note(format_args!("failed: {reason}{hint}"));
                return Answer::Failed;
            }
        };
        let status = response.status();
        // Read to the end, piece by piece, so that the connection can be used again.
        let mut body = response.into_body();
        while let Some(frame) = body.frame().await {
            if frame.is_err() {
                break;
            }
        }
        Answer::Status(status)
    }
}

/// The URL with one more segment at the end of its path.
fn below(url: &Uri, segment: &str) -> Uri {
    let mut parts = url.clone().into_parts();
    let path = format!("{}/{segment}", url.path().trim_end_matches('/'));
    let path = url.query().map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
    parts.path_and_query = path.parse().ok();
    Uri::from_parts(parts).unwrap_or_else(|_| url.clone())
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => f.write_str(status.as_str()),
            Self::Timeout => f.write_str("late"),
            Self::Failed => f.write_str("failed"),
        }
    }
}
