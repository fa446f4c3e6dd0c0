use std::{
    borrow::Cow,
    collections::{HashMap, hash_map::Entry},
    hash::{Hash, Hasher},
    sync::Arc,
};

use super::{
    difference::{Difference, difference, whole},
    value::PointValue,
};
use crate::core::{snapshot::MetricIdentity, storage::SeriesLabels, sync::Timestamp};

/// What a collector has received of each series.
#[derive(Debug, Default)]
pub(in crate::otlp) struct Cursor {
    metrics: HashMap<MetricKey, HashMap<SeriesKey, Received>>,
    /// The number of the current export, to find series that have ended.
    export: u64,
}

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
#[derive(Debug)]
struct Received {
    value: PointValue,
    /// The time of the snapshot with this value.
    time: Timestamp,
    /// The last export whose snapshot had the series.
    export: u64,
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

impl MetricKey {
    pub(in crate::otlp) fn of(identity: &MetricIdentity) -> Self {
        Self { scope: identity.scope.name.clone(), name: identity.name.clone() }
    }
}

impl Cursor {
    /// Begins an export.
    pub(in crate::otlp) fn begin(&mut self) {
        self.export += 1;
    }

    /// Notes that the snapshot of the current export has a series.
    pub(in crate::otlp) fn keep(&mut self, metric: &MetricKey, series: &Arc<SeriesLabels>) {
        let export = self.export;
        if let Some(received) = self.received(metric, series) {
            received.export = export;
        }
    }

    /// Forgets every series that the snapshot of the current export did not have.
    pub(in crate::otlp) fn forget_ended(&mut self) {
        let export = self.export;
        self.metrics.retain(|_, series| {
            series.retain(|_, received| received.export == export);
            !series.is_empty()
        });
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
        let export = self.export;
        for PendingPoint { metric, series, value } in points {
            let known = self.metrics.entry(metric).or_default();
            match known.entry(SeriesKey(series)) {
                // An export that went on after its runtime had ended does not undo a later one.
                Entry::Occupied(last) if last.get().time > time => {}
                Entry::Occupied(mut last) => *last.get_mut() = Received { value, time, export },
                Entry::Vacant(first) => {
                    first.insert(Received { value, time, export });
                }
            }
        }
    }

    fn received(
        &mut self,
        metric: &MetricKey,
        series: &Arc<SeriesLabels>,
    ) -> Option<&mut Received> {
        self.metrics.get_mut(metric)?.get_mut(&SeriesKey(Arc::clone(series)))
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
