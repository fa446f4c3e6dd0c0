//! The metric set and its labels, declared as in any other crate.

use http::{Method, StatusCode, Uri, uri::Scheme};

use super::HttpRoute;
use crate::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, UpDownCounter,
    labels::{LabelRef, OpenLabelValue},
};

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
#[metric_set(prefix = "http", allow(semconv_names), crate = "crate")]
pub struct HttpServerMetrics {
    /// Duration of HTTP server requests.
    #[metric(
        name = "http.server.request.duration",
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        max_series = 400_000,
    )]
    pub(super) duration: Histogram<RequestLabels>,

    /// Size of HTTP server request bodies.
    #[metric(name = "http.server.request.body.size", unit = "By", max_series = 400_000)]
    pub(super) request_size: Histogram<RequestLabels, u64>,

    /// Size of HTTP server response bodies.
    #[metric(name = "http.server.response.body.size", unit = "By", max_series = 400_000)]
    pub(super) response_size: Histogram<RequestLabels, u64>,

    /// Number of active HTTP server requests.
    #[metric(name = "http.server.active_requests", unit = "{request}")]
    pub(super) active: UpDownCounter<ActiveLabels>,

    /// Number of finished HTTP server requests.
    #[metric(name = "http_server_request_total", unit = "{request}")]
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
    pub(super) failure: Option<Failure>,
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct ActiveLabels {
    #[label(key = "http.request.method")]
    pub(super) method: HttpMethod,
    #[label(key = "url.scheme")]
    pub(super) scheme: UrlScheme,
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct TotalLabels {
    #[label(key = "http.request.method")]
    pub(super) method: HttpMethod,
    #[label(key = "http.response.status_code", max = 20)]
    pub(super) status: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate", rename_all = "UPPERCASE")]
pub(super) enum HttpMethod {
    Get,
    Head,
    Post,
    Put,
    Delete,
    Connect,
    Options,
    Trace,
    Patch,
    #[label(rename = "_OTHER")]
    Other,
}

/// The `url.scheme` of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum UrlScheme {
    /// Plain text.
    Http,
    /// TLS.
    Https,
}

impl UrlScheme {
    /// The scheme in the URI, which only HTTP/2 requests have.
    pub(super) fn of(uri: &Uri) -> Self {
        if uri.scheme() == Some(&Scheme::HTTPS) { Self::Https } else { Self::Http }
    }
}

/// The reason for the failure of a request: its `error.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Failure {
    /// A response with this status was sent, which is a server error.
    Status(StatusCode),
    /// The service returned an error in place of a response.
    Service,
    /// The body returned an error in place of its next frame.
    Body,
    /// The response, or the future of the response, was dropped.
    Cancelled,
    /// The service or the body panicked.
    Panicked,
}

impl OpenLabelValue for Failure {
    fn as_label(&self) -> LabelRef<'_> {
        LabelRef::Str(match self {
            Self::Status(status) => status.as_str(),
            Self::Service => "service_error",
            Self::Body => "body_error",
            Self::Cancelled => "cancelled",
            Self::Panicked => "panicked",
        })
    }
}

impl From<&Method> for HttpMethod {
    fn from(method: &Method) -> Self {
        match *method {
            Method::GET => Self::Get,
            Method::HEAD => Self::Head,
            Method::POST => Self::Post,
            Method::PUT => Self::Put,
            Method::DELETE => Self::Delete,
            Method::CONNECT => Self::Connect,
            Method::OPTIONS => Self::Options,
            Method::TRACE => Self::Trace,
            Method::PATCH => Self::Patch,
            _ => Self::Other,
        }
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
