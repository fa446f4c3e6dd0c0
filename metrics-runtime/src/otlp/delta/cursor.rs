use std::{
    borrow::Cow,
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use super::{
    difference::{Difference, difference, whole},
    value::PointValue,
};
use crate::core::{snapshot::MetricIdentity, storage::SeriesLabels, sync::Timestamp};

/// What a collector has received of each series.
#[derive(Clone, Debug, Default)]
pub(in crate::otlp) struct Cursor {
    metrics: HashMap<MetricKey, ReceivedMetric>,
    /// The number of the current export, to find series that have ended.
    export: u64,
    /// The push that exports.
    push: PushId,
}

/// What a collector has received of the series of one metric.
#[derive(Clone, Debug, Default)]
struct ReceivedMetric {
    series: HashMap<SeriesKey, Received>,
    /// The last export whose snapshot had the metric.
    export: u64,
}

/// A push. Each has series of its own, those of other libraries, among series that all have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::otlp) struct PushId(pub(super) u64);

/// A metric, whichever runtime collects it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::otlp) struct MetricKey {
    scope: Cow<'static, str>,
    name: Cow<'static, str>,
}

/// A series, identified by the address of its labels: a later series with equal labels is another
/// series.
#[derive(Clone, Debug)]
struct SeriesKey(Arc<SeriesLabels>);

/// The last value of a series that the collector has accepted.
#[derive(Clone, Debug)]
struct Received {
    value: PointValue,
    /// The time of the snapshot with this value.
    time: Timestamp,
    /// The last export whose snapshot had the series.
    export: u64,
    /// The push of this export, or none if it has ended.
    push: Option<PushId>,
}

/// A value that the collector receives with a request. The cursor advances to it when the
/// collector has accepted the request.
#[derive(Clone, Debug)]
pub(in crate::otlp) struct PendingPoint {
    pub(in crate::otlp) metric: MetricKey,
    pub(in crate::otlp) series: Arc<SeriesLabels>,
    pub(in crate::otlp) value: PointValue,
}

/// What a collector has not received of a series.
#[derive(Debug, PartialEq)]
pub(in crate::otlp) struct NewPart {
    pub(in crate::otlp) value: PointValue,
    pub(in crate::otlp) start: Timestamp,
}

impl PushId {
    #[cfg(test)]
    pub(in crate::otlp) fn of(number: u64) -> Self {
        Self(number)
    }
}

impl MetricKey {
    pub(in crate::otlp) fn of(identity: &MetricIdentity) -> Self {
        Self { scope: identity.scope.name.clone(), name: identity.name.clone() }
    }
}

impl Cursor {
    /// Begins an export, and returns its number.
    pub(in crate::otlp) fn begin(&mut self, push: PushId) -> u64 {
        self.export += 1;
        self.push = push;
        self.export
    }

    /// Notes that the snapshot of the current export has a metric.
    pub(in crate::otlp) fn keep_metric(&mut self, metric: &MetricKey) {
        if let Some(received) = self.metrics.get_mut(metric) {
            received.export = self.export;
        }
    }

    /// Notes that the snapshot of the current export has a series.
    pub(in crate::otlp) fn keep(&mut self, metric: &MetricKey, series: &Arc<SeriesLabels>) {
        let (export, push) = (self.export, Some(self.push));
        if let Some(received) = self.received(metric, series) {
            (received.export, received.push) = (export, push);
        }
    }

    /// Forgets the series that have ended, unless another push has them: those of a metric in the
    /// snapshot of the current export that the snapshot did not have, and those that no snapshot
    /// has had since the export `ended_before`. A snapshot of some metrics says nothing of the
    /// others.
    pub(in crate::otlp) fn forget_ended(&mut self, ended_before: u64) {
        let (export, current) = (self.export, self.push);
        self.metrics.retain(|_, metric| {
            let since = if metric.export == export { export } else { ended_before };
            metric.series.retain(|_, received| {
                received.export >= since || received.push.is_some_and(|push| push != current)
            });
            !metric.series.is_empty()
        });
    }

    /// Notes that a push has ended: its series are forgotten unless another push has them.
    pub(in crate::otlp) fn end(&mut self, ended: PushId) {
        let metrics = self.metrics.values_mut();
        for received in metrics.flat_map(|metric| metric.series.values_mut()) {
            received.push = received.push.filter(|push| *push != ended);
        }
    }

    /// What the collector has not received of a series; `None` if it has received everything.
    pub(in crate::otlp) fn new_part(
        &mut self,
        metric: &MetricKey,
        series: &Arc<SeriesLabels>,
        value: &PointValue,
    ) -> Option<NewPart> {
        let Some(received) = self.received(metric, series) else {
            return Some(NewPart { value: whole(value), start: series.start() });
        };
        match difference(value, &received.value) {
            Difference::Unchanged => None,
            Difference::Changed(value) => Some(NewPart { value, start: received.time }),
        }
    }

    /// Notes that the collector has accepted values of a snapshot that was taken at `time`.
    pub(in crate::otlp) fn advance(&mut self, points: Vec<PendingPoint>, time: Timestamp) {
        let (export, push) = (self.export, Some(self.push));
        for PendingPoint { metric, series, value } in points {
            let received = Received { value, time, export, push };
            let metric = self.metrics.entry(metric).or_default();
            metric.series.insert(SeriesKey(series), received);
        }
    }

    fn received(
        &mut self,
        metric: &MetricKey,
        series: &Arc<SeriesLabels>,
    ) -> Option<&mut Received> {
        self.metrics.get_mut(metric)?.series.get_mut(&SeriesKey(Arc::clone(series)))
    }
}

impl PartialEq for SeriesKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SeriesKey {}

impl Hash for SeriesKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}
