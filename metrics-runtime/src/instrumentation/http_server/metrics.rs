//! What is recorded, declared as any user of the framework would.

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
/// | `http.server.request.body.size` | the same |
/// | `http.server.response.body.size` | the same |
/// | `http.server.active_requests` | `http.request.method`, `url.scheme` |
/// | `http_server_request_total` | `http.request.method`, `http.response.status_code` |
///
/// The status code is absent when there was no response, the route when none was matched. `error.type` is absent
/// unless the request failed: then it is the status code from 500 on, `service_error`, `body_error`, `cancelled` or
/// `panicked`. Methods outside RFC 9110 and RFC 5789 are `_OTHER`.
///
/// The sizes are of the data that passed through the layer until the request ended, in bytes: what the service has read
/// of the request's body, and what was taken of the response's. Framing of the transport, headers and trailers are not
/// counted, and a compressed body counts as it is where the layer stands. A request whose body is of
/// [unknown size](super#sizes-of-requests) is missing in the first of the two, one without a response in the second.
///
/// What comes after 100 routes, 20 status codes or 10 error types is counted in the overflow series.
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
    /// The scheme that the URI names, which it does in HTTP/2 only.
    pub(super) fn of(uri: &Uri) -> Self {
        if uri.scheme() == Some(&Scheme::HTTPS) { Self::Https } else { Self::Http }
    }
}

/// Why a request did not end well, as its `error.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Failure {
    /// A response with this status was sent, which is one of the server's errors.
    Status(StatusCode),
    /// The service gave an error in place of a response.
    Service,
    /// The body gave an error in place of its next frame.
    Body,
    /// Whoever waited for the response let go of it.
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
