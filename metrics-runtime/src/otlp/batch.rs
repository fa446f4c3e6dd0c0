//! The requests of one export.

use super::{
    delta::{Cursor, MetricKey, PendingPoint, PointValue},
    request::{
        Encoding, Interval, Oversized, Request, Splitter, exemplar, metric_without_points, point,
        resource_metrics, scope_metrics, series_attributes,
    },
    temporality::{TemporalityPreference, can_be_delta},
};
use crate::core::{
    snapshot::{ConstantLabels, MetricSnapshot, Scope, Snapshot},
    sync::Timestamp,
};

/// What every export of a push has in common.
#[derive(Debug)]
pub(super) struct BatchSettings {
    pub(super) encoding: Encoding,
    pub(super) max_request_bytes: usize,
    pub(super) temporality: TemporalityPreference,
}

/// The cursor of a push, which has begun an export.
#[derive(Debug)]
pub(super) struct FollowedCursor<'a> {
    pub(super) cursor: &'a mut Cursor,
    /// An export since which each metric was in a snapshot, if it exists.
    pub(super) ended_before: u64,
}

/// Builds the requests for a snapshot, and returns the points that are in none of them.
///
/// `followed` is absent if no metric is exported as a difference. With `is_last` the cursor also
/// follows what is not exported as a difference, for a later push with another temporality.
pub(super) fn requests(
    snapshot: &Snapshot,
    settings: &BatchSettings,
    mut followed: Option<FollowedCursor<'_>>,
    is_last: bool,
) -> (Vec<Request>, Vec<Oversized>) {
    let resource = resource_metrics(&snapshot.resource);
    let mut splitter = Splitter::new(settings.encoding, settings.max_request_bytes, resource);
    for (scope, metrics) in by_scope(&snapshot.metrics) {
        splitter.begin_scope(scope_metrics(scope));
        for metric in metrics {
            let is_delta = settings.temporality.is_delta(&metric.identity);
            let is_followed = is_delta || is_last && can_be_delta(&metric.identity);
            let exported = ExportedMetric {
                metric,
                constants: &snapshot.constants,
                time: snapshot.time,
                is_delta,
            };
            let cursor = followed.as_mut().filter(|_| is_followed);
            exported.add_to(&mut splitter, cursor.map(|followed| &mut *followed.cursor));
        }
    }
    if let Some(FollowedCursor { cursor, ended_before }) = followed {
        cursor.forget_ended(ended_before);
    }
    splitter.finish()
}

/// The metrics of each scope, in the order of the snapshot.
fn by_scope(metrics: &[MetricSnapshot]) -> Vec<(&Scope, Vec<&MetricSnapshot>)> {
    let mut scopes: Vec<(&Scope, Vec<&MetricSnapshot>)> = Vec::new();
    for metric in metrics {
        let scope = &metric.identity.scope;
        match scopes.iter_mut().rfind(|(known, _)| *known == scope) {
            Some((_, metrics)) => metrics.push(metric),
            None => scopes.push((scope, vec![metric])),
        }
    }
    scopes
}

struct ExportedMetric<'a> {
    metric: &'a MetricSnapshot,
    constants: &'a ConstantLabels,
    time: Timestamp,
    is_delta: bool,
}

impl ExportedMetric<'_> {
    /// Adds the points of the metric. The cursor is absent if it does not follow the metric.
    fn add_to(&self, splitter: &mut Splitter, mut cursor: Option<&mut Cursor>) {
        let MetricSnapshot { identity, constants, series, values, exemplars } = self.metric;
        let key = cursor.is_some().then(|| MetricKey::of(identity));
        if let Some((cursor, key)) = cursor.as_deref_mut().zip(key.as_ref()) {
            cursor.keep_metric(key);
        }
        splitter.begin_metric(metric_without_points(identity, values, self.is_delta));
        for (position, labels) in series.iter().enumerate() {
            let mut cursor = cursor.as_deref_mut().zip(key.as_ref());
            if let Some((cursor, key)) = &mut cursor {
                cursor.keep(key, labels);
            }
            let Some(value) = PointValue::of(values, position) else { continue };
            let pending = key.as_ref().map(|metric| PendingPoint {
                metric: metric.clone(),
                series: labels.clone(),
                value: value.clone(),
            });
            let (value, start) = match cursor {
                Some((cursor, key)) if self.is_delta => {
                    let Some(part) = cursor.new_part(key, labels, &value) else { continue };
                    (part.value, part.start)
                }
                _ => (value, labels.start()),
            };
            let interval = Interval { start, time: self.time };
            let exemplars = exemplars.new_of(position).map(exemplar).collect();
            let attributes = self.constants.attributes_of(constants, labels);
            let attributes = series_attributes(attributes);
            let point = point(identity.kind, attributes, interval, value, exemplars);
            splitter.add(point, pending);
        }
    }
}
