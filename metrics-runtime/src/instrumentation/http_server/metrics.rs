//! The metric set and its labels, declared as in any other crate.

use http::StatusCode;

use super::{
    ActiveRequest, EndedRequest, HttpMethod, HttpRoute, HttpServerRoles, RequestFailure, UrlScheme,
};
use crate::{Counter, Histogram, LabelSet, MetricSet, UpDownCounter, roles::RoleLabels};

/// The requests that this process serves over HTTP.
///
/// | metric | labels |
/// |---|---|
/// | `http.server.request.duration` | `http.request.method`, `url.scheme`, `http.response.status_code`, `http.route`, `error.type` |
/// | `http.server.request.body.size` | as for the duration |
/// | `http.server.response.body.size` | as for the duration |
/// | `http.server.active_requests` | `http.request.method`, `url.scheme` |
/// | `http_server_request_total` | `http.request.method`, `http.response.status_code` |
///
/// The status code is absent when there was no response, the route when none was matched.
/// `error.type` is absent unless the request failed: it is the status code from 500 on,
/// `service_error`, `body_error`, `cancelled` or `panicked`. Methods outside RFC 9110 and RFC 5789
/// are `_OTHER`.
///
/// The sizes are the bytes of data that passed through the layer until the request ended: the bytes
/// that the service has read of the request's body, and the bytes that the server has taken of the
/// response's body. Framing of the transport, headers and trailers are not counted, and a body that
/// is compressed at the layer counts with its compressed size. A request whose body has an [unknown
/// size](super#sizes-of-requests) is missing in the first of the two metrics, a request without a
/// response in the second.
///
/// Requests beyond 100 routes, 20 status codes or 10 error types are counted in the overflow
/// series.
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "http",
    roles(of = HttpServerRoles),
    allow(semconv_names),
    crate = "crate"
)]
pub struct HttpServerMetrics {
    /// Duration of HTTP server requests.
    #[metric(
        name = "http.server.request.duration",
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        max_series = 440_000,
        on = duration,
    )]
    pub(super) duration: Histogram<RequestLabels>,

    /// Size of HTTP server request bodies.
    #[metric(
        name = "http.server.request.body.size",
        unit = "By",
        max_series = 440_000,
        on = request_body_size,
    )]
    pub(super) request_size: Histogram<RequestLabels, u64>,

    /// Size of HTTP server response bodies.
    #[metric(
        name = "http.server.response.body.size",
        unit = "By",
        max_series = 440_000,
        on = response_body_size,
    )]
    pub(super) response_size: Histogram<RequestLabels, u64>,

    /// Number of active HTTP server requests.
    #[metric(name = "http.server.active_requests", unit = "{request}", on = active)]
    pub(super) active: UpDownCounter<ActiveLabels>,

    /// Number of finished HTTP server requests.
    #[metric(name = "http_server_request_total", unit = "{request}", on = requests)]
    pub(super) requests: Counter<TotalLabels>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct RequestLabels {
    #[label(key = "http.request.method")]
    pub(super) method: HttpMethod,
    #[label(key = "url.scheme")]
    pub(super) scheme: UrlScheme,
    #[label(key = "http.response.status_code", max = 20)]
    pub(super) status: Option<u16>,
    #[label(key = "http.route", max = 100)]
    pub(super) route: Option<HttpRoute>,
    #[label(key = "error.type", max = 10)]
    pub(super) failure: Option<RequestFailure>,
}

impl From<EndedRequest> for RequestLabels {
    fn from(request: EndedRequest) -> Self {
        Self {
            method: request.method,
            scheme: request.scheme,
            status: request.status.as_ref().map(StatusCode::as_u16),
            route: request.route,
            failure: request.failure,
        }
    }
}

impl RoleLabels<(), EndedRequest> for RequestLabels {
    fn role_labels((): &(), request: &EndedRequest) -> Self {
        request.clone().into()
    }
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct ActiveLabels {
    #[label(key = "http.request.method")]
    pub(super) method: HttpMethod,
    #[label(key = "url.scheme")]
    pub(super) scheme: UrlScheme,
}

impl RoleLabels<(), ActiveRequest> for ActiveLabels {
    fn role_labels((): &(), request: &ActiveRequest) -> Self {
        Self { method: request.method, scheme: request.scheme }
    }
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct TotalLabels {
    #[label(key = "http.request.method")]
    pub(super) method: HttpMethod,
    #[label(key = "http.response.status_code", max = 20)]
    pub(super) status: Option<u16>,
}

impl RoleLabels<(), EndedRequest> for TotalLabels {
    fn role_labels((): &(), request: &EndedRequest) -> Self {
        Self { method: request.method, status: request.status.as_ref().map(StatusCode::as_u16) }
    }
}

#[cfg(test)]
mod tests {
    use super::HttpServerMetrics;

    #[test]
    fn boundaries_are_those_that_the_conventions_recommend() {
        let mut metrics = HttpServerMetrics::DESCRIPTORS.iter();
        let duration = metrics.find(|metric| metric.name == "http.server.request.duration");
        let recommended =
            [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
        assert_eq!(duration.unwrap().buckets, recommended);
    }
}
