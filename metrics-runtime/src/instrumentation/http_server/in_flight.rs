//! A request between its beginning and its end.

use std::time::Instant;

use http::{Extensions, Request, StatusCode};

use super::{
    HttpRoute, HttpServerMetrics, UrlScheme,
    metrics::{ActiveLabels, Failure, HttpMethod, RequestLabels},
    request_body::RequestSize,
    series::RequestSeries,
};
use crate::instruments::UpDownGuard;

/// A request that is being served. Dropping it records it, so no request is lost or counted twice.
#[derive(Debug)]
pub(super) struct InFlight {
    begun: Instant,
    method: HttpMethod,
    scheme: UrlScheme,
    route: Option<HttpRoute>,
    status: Option<StatusCode>,
    request: RequestSize,
    /// The bytes of the response's body so far.
    sent: u64,
    /// The failure of the request if it is dropped now.
    failure: Option<Failure>,
    _active: UpDownGuard,
}

impl InFlight {
    /// Begins a request. Its scheme is the given one, or else the scheme of its URI.
    pub(super) fn begin<B>(request: &Request<B>, scheme: Option<UrlScheme>) -> Self {
        let method = HttpMethod::from(request.method());
        let scheme = scheme.unwrap_or_else(|| UrlScheme::of(request.uri()));
        let active = &HttpServerMetrics::global().active;
        Self {
            begun: Instant::now(),
            method,
            scheme,
            route: HttpRoute::of(request.extensions()),
            status: None,
            request: RequestSize::Unknown,
            sent: 0,
            failure: Some(Failure::Cancelled),
            _active: active.with(ActiveLabels { method, scheme }).guard(),
        }
    }

    /// Runs code of the service. If the code panics, the request is dropped during the unwinding
    /// and recorded as a panic.
    pub(super) fn run<T>(&mut self, code: impl FnOnce() -> T) -> T {
        self.failure = Some(Failure::Panicked);
        let result = code();
        self.failure = Some(Failure::Cancelled);
        result
    }

    /// Notes the size of the request's body.
    pub(super) fn receive(&mut self, request: RequestSize) {
        self.request = request;
    }

    /// Whether a response of this status ends with its head, without regard to its body (RFC 9110,
    /// 6.4.1).
    pub(super) fn is_bodiless(&self, status: StatusCode) -> bool {
        self.method == HttpMethod::Head
            || (self.method == HttpMethod::Connect && status.is_success())
            || status.is_informational()
            || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
    }

    /// Notes the head of the response.
    pub(super) fn respond(&mut self, status: StatusCode, extensions: &Extensions) {
        self.status = Some(status);
        if let Some(route) = HttpRoute::of(extensions) {
            self.route = Some(route);
        }
    }

    /// Notes bytes of the response's body.
    pub(super) fn send(&mut self, bytes: u64) {
        self.sent = self.sent.saturating_add(bytes);
    }

    /// Ends the request: with this failure, with the failure of a status from 500 on, or
    /// successfully.
    pub(super) fn end(mut self, failure: Option<Failure>) {
        let status = self.status.filter(StatusCode::is_server_error);
        self.failure = failure.or(status.map(Failure::Status));
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if !HttpServerMetrics::global().duration.enabled() {
            return;
        }
        let labels = RequestLabels {
            method: self.method,
            scheme: self.scheme,
            status: self.status.map(|status| status.as_u16()),
            route: self.route.take(),
            failure: self.failure,
        };
        let series = RequestSeries::of(labels);
        series.duration.record_duration(self.begun.elapsed());
        if let Some(bytes) = self.request.bytes() {
            series.request_size.record(bytes);
        }
        if self.status.is_some() {
            series.response_size.record(self.sent);
        }
        series.total.inc();
    }
}
