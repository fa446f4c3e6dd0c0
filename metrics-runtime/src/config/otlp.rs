use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use super::{OtlpInterval, Secret, error::InvalidValue};

/// Push over OTLP.
///
/// ```
/// use osapi_metrics::config::{OtlpConfig, OtlpEndpoint, OtlpProtocol};
///
/// let mut otlp = OtlpConfig::default();
/// otlp.protocol = OtlpProtocol::HttpProtobuf;
/// otlp.endpoint = Some(OtlpEndpoint::Base("https://collector.example/otel".to_owned()));
/// assert_eq!(otlp.url(), "https://collector.example/otel/v1/metrics");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OtlpConfig {
    /// Whether anything is pushed; off by default.
    pub enabled: bool,
    /// The endpoint; the protocol's default on localhost if `None`. See [`url`](OtlpConfig::url).
    pub endpoint: Option<OtlpEndpoint>,
    /// gRPC (the default), or HTTP with protobuf or JSON.
    pub protocol: OtlpProtocol,
    /// The time between two exports, 60 s by default.
    pub interval: Duration,
    /// The time between two exports of single metrics, by patterns of their names: the first one
    /// that matches a metric. None by default.
    ///
    /// Each metric is collected and exported at its own interval. A flush and a shutdown export all
    /// metrics.
    pub intervals: Vec<OtlpInterval>,
    /// The longest time that one export may take with all its retries, 10 s by default.
    ///
    /// `OTEL_METRIC_EXPORT_TIMEOUT`, which limits the reader around the exporter, lowers this time
    /// if it is smaller.
    pub timeout: Duration,
    /// Compression of requests, gzip by default.
    pub compression: OtlpCompression,
    /// The largest size of one request before compression, 4,000,000 bytes by default:
    /// collectors refuse more than 4 MiB over gRPC, unless they are configured otherwise. An
    /// export has as many requests as it needs.
    pub max_request_bytes: usize,
    /// Headers (gRPC: metadata) of each request, by lower-case name.
    pub headers: BTreeMap<String, Secret>,
    /// Whether sums and histograms are exported since the start (the default) or since the last
    /// export.
    pub temporality: OtlpTemporality,
    /// The buckets of histograms that neither a declaration nor a setting makes native ones:
    /// boundaries by default. A setting of [`native_histograms`] comes before it.
    ///
    /// It counts for declared histograms and for those of other libraries. A scrape has the
    /// declared boundaries alone of the former.
    ///
    /// [`native_histograms`]: super::MetricsConfig::native_histograms
    pub default_histogram_aggregation: OtlpHistogramAggregation,
    /// Whether a gRPC endpoint that names no scheme is reached without TLS; off by default.
    pub insecure: bool,
    /// PEM file with the authorities to trust, instead of the authorities that are compiled into
    /// the program.
    pub certificate: Option<PathBuf>,
    /// PEM file with the client's certificate chain.
    pub client_certificate: Option<PathBuf>,
    /// PEM file with the client's private key.
    pub client_key: Option<PathBuf>,
}

impl Default for OtlpConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            endpoint: None,
            protocol: OtlpProtocol::Grpc,
            interval: Duration::from_secs(60),
            intervals: Vec::new(),
            timeout: Duration::from_secs(10),
            compression: OtlpCompression::Gzip,
            max_request_bytes: 4_000_000,
            headers: BTreeMap::new(),
            temporality: OtlpTemporality::Cumulative,
            default_histogram_aggregation: OtlpHistogramAggregation::ExplicitBuckets,
            insecure: false,
            certificate: None,
            client_certificate: None,
            client_key: None,
        }
    }
}

/// The path of the metrics signal below a base URL, from the OTLP specification.
const METRICS_PATH: &str = "/v1/metrics";

impl OtlpConfig {
    /// The URL of requests.
    ///
    /// Without an endpoint the URL is `http://localhost:4317` for gRPC and
    /// `http://localhost:4318/v1/metrics` for HTTP. An endpoint without a scheme gets `https://`,
    /// or `http://` when [`insecure`](OtlpConfig::insecure) is set. Over HTTP, `/v1/metrics` is
    /// appended to a [base](OtlpEndpoint::Base) that does not already end in it.
    pub fn url(&self) -> String {
        let grpc = self.protocol == OtlpProtocol::Grpc;
        match &self.endpoint {
            None if grpc => "http://localhost:4317".to_owned(),
            None => format!("http://localhost:4318{METRICS_PATH}"),
            Some(OtlpEndpoint::Exact(url)) => self.with_scheme(url),
            Some(OtlpEndpoint::Base(url)) if grpc => self.with_scheme(url),
            Some(OtlpEndpoint::Base(url)) => {
                let base = url.trim_end_matches('/');
                let base = base.strip_suffix(METRICS_PATH).unwrap_or(base);
                self.with_scheme(&format!("{base}{METRICS_PATH}"))
            }
        }
    }

    /// The interval of a metric, by either of its names.
    pub(crate) fn interval_of(&self, name: &str, prometheus_name: &str) -> Duration {
        let first = OtlpInterval::first_of(&self.intervals, name, prometheus_name);
        first.map_or(self.interval, |first| first.interval)
    }

    fn with_scheme(&self, url: &str) -> String {
        if url.contains("://") {
            url.to_owned()
        } else if self.insecure {
            format!("http://{url}")
        } else {
            format!("https://{url}")
        }
    }

    /// Whether the endpoint lacks the scheme that the specification requires over HTTP.
    pub(super) fn lacks_scheme(&self) -> bool {
        self.protocol != OtlpProtocol::Grpc
            && self.endpoint.as_ref().is_some_and(|endpoint| !endpoint.as_str().contains("://"))
    }
}

/// The address of a collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OtlpEndpoint {
    /// The collector as a whole: over HTTP, `/v1/metrics` is appended.
    Base(String),
    /// The metrics signal itself, the value of `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT`: used without
    /// a change.
    Exact(String),
}

impl OtlpEndpoint {
    /// The endpoint as it was written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Base(url) | Self::Exact(url) => url,
        }
    }
}

/// The transport of requests, and their encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OtlpProtocol {
    /// gRPC over HTTP/2.
    #[default]
    Grpc,
    /// Protobuf over HTTP.
    HttpProtobuf,
    /// JSON over HTTP.
    HttpJson,
}

/// The compression of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OtlpCompression {
    /// No compression.
    None,
    /// gzip.
    #[default]
    Gzip,
}

/// The period that the sums and histograms of an export cover.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OtlpTemporality {
    /// The period since the start of the process: after an export is lost, the next export carries
    /// its values too.
    #[default]
    Cumulative,
    /// Counters and histograms: the period since the last export that the collector has accepted,
    /// so that an export that fails loses nothing. The first export of a process covers the period
    /// since its start, and a runtime that is installed after another one goes on from what that
    /// one has exported, to whichever endpoint. What has not changed is left out, and so are
    /// minimum and maximum. A counter that goes back is taken to have begun anew.
    Delta,
    /// Deltas for histograms and for counters that are not observed, cumulative values for other
    /// instruments.
    LowMemory,
}

/// The buckets of histograms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OtlpHistogramAggregation {
    /// Buckets with boundaries: `explicit_bucket_histogram`.
    #[default]
    ExplicitBuckets,
    /// Buckets that grow by a constant factor: `base2_exponential_bucket_histogram`.
    Exponential,
}

/// The allowed values of an endpoint when [`OtlpConfig::lacks_scheme`].
pub(super) const NEEDS_SCHEME: &str =
    "a URL with its scheme, such as `http://localhost:4318`: HTTP protocols need one";

pub(super) fn protocol(text: &str) -> Result<OtlpProtocol, InvalidValue> {
    match text.to_ascii_lowercase().as_str() {
        "grpc" => Ok(OtlpProtocol::Grpc),
        "http/protobuf" => Ok(OtlpProtocol::HttpProtobuf),
        "http/json" => Ok(OtlpProtocol::HttpJson),
        _ => Err("`grpc`, `http/protobuf` or `http/json`".into()),
    }
}

pub(super) fn compression(text: &str) -> Result<OtlpCompression, InvalidValue> {
    match text.to_ascii_lowercase().as_str() {
        "none" => Ok(OtlpCompression::None),
        "gzip" => Ok(OtlpCompression::Gzip),
        _ => Err("`gzip` or `none`".into()),
    }
}

/// From a few points to the limit of the OpenTelemetry specification.
pub(super) fn max_request_bytes(number: i128) -> Result<usize, InvalidValue> {
    usize::try_from(number)
        .ok()
        .filter(|bytes| (4_096..=64 << 20).contains(bytes))
        .ok_or_else(|| "a number of bytes from 4096 to 67108864".into())
}

pub(super) fn temporality(text: &str) -> Result<OtlpTemporality, InvalidValue> {
    match text.to_ascii_lowercase().as_str() {
        "cumulative" => Ok(OtlpTemporality::Cumulative),
        "delta" => Ok(OtlpTemporality::Delta),
        "lowmemory" => Ok(OtlpTemporality::LowMemory),
        _ => Err("`cumulative`, `delta` or `lowmemory`".into()),
    }
}

pub(super) fn histogram_aggregation(text: &str) -> Result<OtlpHistogramAggregation, InvalidValue> {
    match text.to_ascii_lowercase().as_str() {
        "explicit_bucket_histogram" => Ok(OtlpHistogramAggregation::ExplicitBuckets),
        "base2_exponential_bucket_histogram" => Ok(OtlpHistogramAggregation::Exponential),
        _ => Err("`explicit_bucket_histogram` or `base2_exponential_bucket_histogram`".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_follows_protocol_and_endpoint() {
        let base = |url: &str| Some(OtlpEndpoint::Base(url.to_owned()));
        let exact = |url: &str| Some(OtlpEndpoint::Exact(url.to_owned()));
        let (grpc, http, json) =
            (OtlpProtocol::Grpc, OtlpProtocol::HttpProtobuf, OtlpProtocol::HttpJson);
        for (protocol, insecure, endpoint, url) in [
            (grpc, false, None, "http://localhost:4317"),
            (http, false, None, "http://localhost:4318/v1/metrics"),
            (json, true, None, "http://localhost:4318/v1/metrics"),
            (grpc, false, base("http://c:1"), "http://c:1"),
            (grpc, true, base("https://c:1"), "https://c:1"),
            (grpc, false, base("c:1"), "https://c:1"),
            (grpc, true, base("c:1"), "http://c:1"),
            (grpc, true, exact("c:1"), "http://c:1"),
            (http, false, base("http://c:1"), "http://c:1/v1/metrics"),
            (http, false, base("http://c:1/"), "http://c:1/v1/metrics"),
            (json, false, base("http://c/otel"), "http://c/otel/v1/metrics"),
            (json, false, base("http://c/v1/metrics"), "http://c/v1/metrics"),
            (http, false, exact("http://c:1/in"), "http://c:1/in"),
            (http, false, exact("http://c:1"), "http://c:1"),
        ] {
            let config = OtlpConfig { endpoint, protocol, insecure, ..OtlpConfig::default() };
            assert_eq!(config.url(), url, "{config:?}");
        }
    }
}
