//! The set that requests are recorded in.

use std::{fmt, sync::Arc, time::Instant};

use super::{
    ActiveRequest, EndedRequest, HttpMethod, HttpRoute, HttpServerMetrics, HttpServerRoles,
    UrlScheme, metrics::ActiveLabels, series::RequestSeries,
};
use crate::{
    instruments::UpDownGuard,
    roles::{ActiveGuard, RecordRoles},
};

/// The set that a layer records in: [`ShippedSet`] or [`OwnSet`].
pub trait RequestRecorder: Clone + fmt::Debug + sealed::Sealed {
    /// What keeps a request active until it is dropped.
    type Active: fmt::Debug;

    /// Makes the shipped set a part of what the program exports.
    #[doc(hidden)]
    fn begin_use(&self) {}

    #[doc(hidden)]
    fn begin(
        &self,
        method: HttpMethod,
        scheme: UrlScheme,
        route: Option<&HttpRoute>,
    ) -> Self::Active;

    #[doc(hidden)]
    fn end(&self, request: EndedRequest, course: &Course);
}

/// The requests are recorded in [`HttpServerMetrics`].
///
/// The roles of [`HttpServerMetrics`] record the same, but would look up the series of each metric.
/// Here the four metrics of a request that has ended have one look-up.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShippedSet;

/// The requests are recorded in a set of the service, by its roles. Made by
/// [`HttpServerLayer::new_in`](super::HttpServerLayer::new_in).
#[derive(Clone, Debug)]
pub struct OwnSet(Arc<HttpServerRoles>);

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::ShippedSet {}
    impl Sealed for super::OwnSet {}
}

/// What was measured of a request.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    pub(super) begun: Instant,
    /// The size of the request's body, if it is known.
    pub(super) received: Option<u64>,
    /// The size of the response's body, if there is a response.
    pub(super) sent: Option<u64>,
}

impl OwnSet {
    pub(super) fn of<S: RecordRoles<HttpServerRoles>>(labels: &S::Labels) -> Self {
        Self(Arc::new(S::global().roles(labels)))
    }
}

impl RequestRecorder for ShippedSet {
    type Active = UpDownGuard;

    fn begin_use(&self) {
        let _ = HttpServerMetrics::global();
    }

    fn begin(&self, method: HttpMethod, scheme: UrlScheme, _: Option<&HttpRoute>) -> UpDownGuard {
        HttpServerMetrics::global().active.with(ActiveLabels { method, scheme }).guard()
    }

    fn end(&self, request: EndedRequest, course: &Course) {
        if !HttpServerMetrics::global().duration.enabled() {
            return;
        }
        let series = RequestSeries::of(request.into());
        series.duration.record_duration(course.begun.elapsed());
        if let Some(bytes) = course.received {
            series.request_size.record(bytes);
        }
        if let Some(bytes) = course.sent {
            series.response_size.record(bytes);
        }
        series.total.inc();
    }
}

impl RequestRecorder for OwnSet {
    type Active = Option<ActiveGuard>;

    fn begin(
        &self,
        method: HttpMethod,
        scheme: UrlScheme,
        route: Option<&HttpRoute>,
    ) -> Option<ActiveGuard> {
        let active = &self.0.active;
        let begun = || active.guard(&ActiveRequest { method, scheme, route: route.cloned() });
        (!active.is_unused()).then(begun)
    }

    fn end(&self, request: EndedRequest, course: &Course) {
        let roles = &*self.0;
        if !roles.duration.is_unused() {
            roles.duration.record_duration(&request, course.begun.elapsed());
        }
        if let Some(bytes) = course.received {
            roles.request_body_size.record(&request, bytes as f64);
        }
        if let Some(bytes) = course.sent {
            roles.response_body_size.record(&request, bytes as f64);
        }
        roles.requests.inc(&request);
    }
}
