use osapi_metrics::{Counter, Histogram, MetricSet, instrumentation::http_server::HttpServerRoles};

/// The requests to the API.
///
/// | metric | meaning |
/// |---|---|
/// | `http_requests_total` | requests that have ended, in whatever way |
/// | `http_request_duration_seconds` | time from the request to the end of its answer |
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "http", roles(of = HttpServerRoles))]
pub struct HttpMetrics {
    /// Total number of HTTP requests.
    #[metric(name = "http_requests_total", unit = "{request}", on = requests)]
    requests: Counter,
    /// HTTP request duration in seconds.
    #[metric(
        name = "http_request_duration_seconds",
        unit = "s",
        on = duration,
        buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
    )]
    duration: Histogram,
}
