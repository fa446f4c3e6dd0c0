use bytes::Bytes;
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{Metric, ResourceMetrics, ScopeMetrics, metric::Data},
};

use super::{
    encoding::{Encoding, NESTING},
    points::PointMessage,
};
use crate::otlp::delta::PendingPoint;

/// A request that is ready to be sent.
#[derive(Debug)]
pub(in crate::otlp) struct Request {
    pub(in crate::otlp) body: Bytes,
    /// The number of points.
    pub(in crate::otlp) points: usize,
    /// The points that a cursor follows.
    pub(in crate::otlp) pending: Vec<PendingPoint>,
}

/// A point that does not fit into a request by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::otlp) struct Oversized {
    pub(in crate::otlp) metric: String,
    /// The size of a request with this point alone.
    pub(in crate::otlp) bytes: usize,
}

/// Distributes points over requests, none of which is larger than a limit.
///
/// A scope or a metric whose points are in several requests is repeated in each of them.
#[derive(Debug)]
pub(in crate::otlp) struct Splitter {
    encoding: Encoding,
    limit: usize,
    /// The resource without scopes.
    resource: ResourceMetrics,
    /// The size of a request with the resource alone.
    resource_len: usize,
    /// The current scope without metrics.
    scope: ScopeMetrics,
    scope_len: usize,
    /// The current metric without points.
    metric: Metric,
    metric_len: usize,
    /// The request that is being filled.
    filling: Filling,
    requests: Vec<Request>,
    oversized: Vec<Oversized>,
}

#[derive(Debug, Default)]
struct Filling {
    scopes: Vec<ScopeMetrics>,
    /// Whether the current scope is the last one of the request.
    has_scope: bool,
    /// Whether the current metric is the last one of the request.
    has_metric: bool,
    /// The size of what is in the request, without the resource; never too small.
    len: usize,
    points: usize,
    pending: Vec<PendingPoint>,
}

impl Splitter {
    pub(in crate::otlp) fn new(
        encoding: Encoding,
        limit: usize,
        resource: ResourceMetrics,
    ) -> Self {
        let resource_len = encoding.resource_len(&resource) + NESTING;
        Self {
            encoding,
            limit,
            resource,
            resource_len,
            scope: ScopeMetrics::default(),
            scope_len: 0,
            metric: Metric::default(),
            metric_len: 0,
            filling: Filling::default(),
            requests: Vec::new(),
            oversized: Vec::new(),
        }
    }

    /// Begins a scope.
    pub(in crate::otlp) fn begin_scope(&mut self, scope: ScopeMetrics) {
        self.scope_len = self.encoding.scope_len(&scope) + NESTING;
        self.scope = scope;
        self.filling.has_scope = false;
        self.filling.has_metric = false;
    }

    /// Begins a metric of the current scope.
    pub(in crate::otlp) fn begin_metric(&mut self, metric: Metric) {
        self.metric_len = self.encoding.metric_len(&metric) + NESTING;
        self.metric = metric;
        self.filling.has_metric = false;
    }

    /// Adds a point of the current metric.
    pub(in crate::otlp) fn add(&mut self, point: PointMessage, pending: Option<PendingPoint>) {
        let point_len = self.encoding.point_len(&point) + NESTING;
        let alone = self.resource_len + self.scope_len + self.metric_len + point_len;
        if alone > self.limit {
            self.oversized.push(Oversized { metric: self.metric.name.clone(), bytes: alone });
            return;
        }
        if self.resource_len + self.filling.len + self.missing_len() + point_len > self.limit {
            self.finish_request();
        }
        self.filling.len += self.missing_len() + point_len;
        self.filling.points += 1;
        self.filling.pending.extend(pending);
        let Self { filling, scope, metric, .. } = self;
        if !std::mem::replace(&mut filling.has_scope, true) {
            filling.scopes.push(scope.clone());
        }
        let metrics = filling.scopes.last_mut().map(|scope| &mut scope.metrics);
        if let Some(metrics) = metrics {
            if !std::mem::replace(&mut filling.has_metric, true) {
                metrics.push(metric.clone());
            }
            if let Some(data) = metrics.last_mut().and_then(|metric| metric.data.as_mut()) {
                add(data, point);
            }
        }
    }

    /// The size of what has to be added to the request before a point.
    fn missing_len(&self) -> usize {
        let scope = if self.filling.has_scope { 0 } else { self.scope_len };
        let metric = if self.filling.has_metric { 0 } else { self.metric_len };
        scope + metric
    }

    fn finish_request(&mut self) {
        let Filling { scopes, points, pending, .. } = std::mem::take(&mut self.filling);
        if scopes.is_empty() {
            return;
        }
        let resource = ResourceMetrics { scope_metrics: scopes, ..self.resource.clone() };
        let request = ExportMetricsServiceRequest { resource_metrics: vec![resource] };
        let body = self.encoding.encode(&request).into();
        self.requests.push(Request { body, points, pending });
    }

    /// The requests, and the points that are in none of them.
    pub(in crate::otlp) fn finish(mut self) -> (Vec<Request>, Vec<Oversized>) {
        self.finish_request();
        (self.requests, self.oversized)
    }
}

/// Adds a point to a metric of its kind.
fn add(data: &mut Data, point: PointMessage) {
    match (data, point) {
        (Data::Gauge(gauge), PointMessage::Number(point)) => gauge.data_points.push(point),
        (Data::Sum(sum), PointMessage::Number(point)) => sum.data_points.push(point),
        (Data::Histogram(histogram), PointMessage::Bucketed(point)) => {
            histogram.data_points.push(point);
        }
        (Data::ExponentialHistogram(histogram), PointMessage::Exponential(point)) => {
            histogram.data_points.push(point);
        }
        // The metric and its points are built from the same values.
        _ => {}
    }
}
