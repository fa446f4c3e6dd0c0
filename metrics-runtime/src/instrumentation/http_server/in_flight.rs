//! A request between its beginning and its end.

use std::time::Instant;

use http::{Extensions, Request, StatusCode};

use super::{
    EndedRequest, HttpMethod, HttpRoute, RequestFailure, RequestRecorder, UrlScheme,
    recorder::Course, request_body::RequestSize,
};

/// A request that is being served. Dropping it records it, so no request is lost or counted twice.
#[derive(Debug)]
pub(super) struct InFlight<T: RequestRecorder> {
    recorder: T,
    begun: Instant,
    method: HttpMethod,
    scheme: UrlScheme,
    route: Option<HttpRoute>,
    status: Option<StatusCode>,
    request: RequestSize,
    /// The bytes of the response's body so far.
    sent: u64,
    /// The failure of the request if it is dropped now.
    failure: Option<RequestFailure>,
    _active: T::Active,
}

impl<T: RequestRecorder> InFlight<T> {
    /// Begins a request. Its scheme is the given one, or else the scheme of its URI.
    pub(super) fn begin<B>(recorder: T, request: &Request<B>, scheme: Option<UrlScheme>) -> Self {
        let method = HttpMethod::from(request.method());
        let scheme = scheme.unwrap_or_else(|| UrlScheme::of(request.uri()));
        let route = HttpRoute::of(request.extensions());
        let active = recorder.begin(method, scheme, route.as_ref());
        Self {
            recorder,
            begun: Instant::now(),
            method,
            scheme,
            route,
            status: None,
            request: RequestSize::Unknown,
            sent: 0,
            failure: Some(RequestFailure::Cancelled),
            _active: active,
        }
    }

    /// Runs code of the service. If the code panics, the request is dropped during the unwinding
    /// and recorded as a panic.
    pub(super) fn run<R>(&mut self, code: impl FnOnce() -> R) -> R {
        self.failure = Some(RequestFailure::Panicked);
        let result = code();
        self.failure = Some(RequestFailure::Cancelled);
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
    pub(super) fn end(mut self, failure: Option<RequestFailure>) {
        let status = self.status.filter(StatusCode::is_server_error);
        self.failure = failure.or(status.map(RequestFailure::Status));
    }
}

impl<T: RequestRecorder> Drop for InFlight<T> {
    fn drop(&mut self) {
        let request = EndedRequest {
            method: self.method,
            scheme: self.scheme,
            route: self.route.take(),
            status: self.status,
            failure: self.failure,
        };
        let course = Course {
            begun: self.begun,
            received: self.request.bytes(),
            sent: self.status.is_some().then_some(self.sent),
        };
        self.recorder.end(request, &course);
    }
}
