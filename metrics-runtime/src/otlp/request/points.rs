use opentelemetry_proto::tonic::{
    common::v1::KeyValue,
    metrics::v1::{
        AggregationTemporality, Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint,
        Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum, exemplar,
        exponential_histogram_data_point::Buckets, metric::Data, number_data_point,
    },
};
use osapi_metrics_rules::InstrumentKind;

use super::attributes::{exemplar_attributes, metadata};
use crate::{
    core::{
        self,
        snapshot::{ExponentialBuckets, ExponentialDistribution, MetricIdentity, Values},
        storage::{TraceIds, Value},
        sync::Timestamp,
    },
    otlp::delta::{BucketedValue, PointValue},
};

/// The time that a point covers.
#[derive(Clone, Copy, Debug)]
pub(in crate::otlp) struct Interval {
    pub(in crate::otlp) start: Timestamp,
    pub(in crate::otlp) time: Timestamp,
}

/// The message of a point.
#[derive(Debug, PartialEq)]
pub(in crate::otlp) enum PointMessage {
    Number(NumberDataPoint),
    Bucketed(HistogramDataPoint),
    Exponential(ExponentialHistogramDataPoint),
}

/// The message of a metric, without points.
pub(in crate::otlp) fn metric_without_points(
    identity: &MetricIdentity,
    values: &Values,
    is_delta: bool,
) -> Metric {
    let temporality =
        if is_delta { AggregationTemporality::Delta } else { AggregationTemporality::Cumulative };
    let aggregation_temporality = temporality.into();
    let is_monotonic = identity.kind == InstrumentKind::Counter;
    let data_points = Vec::new();
    let data = match (values, identity.kind) {
        (Values::Numbers(_), InstrumentKind::Gauge) => Data::Gauge(Gauge { data_points }),
        (Values::Numbers(_), _) => {
            Data::Sum(Sum { data_points, aggregation_temporality, is_monotonic })
        }
        (Values::Distributions(distributions), _) if !distributions.are_native() => {
            Data::Histogram(Histogram { data_points: Vec::new(), aggregation_temporality })
        }
        (Values::Distributions(_) | Values::Exponential(_), _) => {
            Data::ExponentialHistogram(ExponentialHistogram {
                data_points: Vec::new(),
                aggregation_temporality,
            })
        }
    };
    Metric {
        name: identity.name.to_string(),
        description: identity.help.to_string(),
        unit: identity.unit.to_string(),
        data: Some(data),
        metadata: metadata(identity.kind),
    }
}

/// The message of a point. A gauge has no start.
pub(in crate::otlp) fn point(
    kind: InstrumentKind,
    attributes: Vec<KeyValue>,
    interval: Interval,
    value: PointValue,
    exemplars: Vec<Exemplar>,
) -> PointMessage {
    let time_unix_nano = interval.time.0;
    // The clock of dates can be set back, and a point must not end before it starts.
    let start = interval.start.min(interval.time).0;
    let start_time_unix_nano = if kind == InstrumentKind::Gauge { 0 } else { start };
    match value {
        PointValue::Number(value) => PointMessage::Number(NumberDataPoint {
            attributes,
            start_time_unix_nano,
            time_unix_nano,
            value: Some(number(value)),
            exemplars,
            ..NumberDataPoint::default()
        }),
        PointValue::Bucketed(value) => {
            let BucketedValue { count, sum, extremes, boundaries, buckets } = value;
            PointMessage::Bucketed(HistogramDataPoint {
                attributes,
                start_time_unix_nano,
                time_unix_nano,
                count,
                sum: Some(sum.to_f64()),
                bucket_counts: buckets,
                explicit_bounds: boundaries.to_vec(),
                min: extremes.map(|(min, _)| min.to_f64()),
                max: extremes.map(|(_, max)| max.to_f64()),
                exemplars,
                ..HistogramDataPoint::default()
            })
        }
        PointValue::Exponential(value) => {
            let ExponentialDistribution { count, sum, extremes, scale, .. } = value;
            PointMessage::Exponential(ExponentialHistogramDataPoint {
                attributes,
                start_time_unix_nano,
                time_unix_nano,
                count,
                sum: Some(sum.to_f64()),
                scale,
                zero_count: value.zero_count,
                positive: Some(buckets(value.positive)),
                negative: Some(buckets(value.negative)),
                min: extremes.map(|(min, _)| min.to_f64()),
                max: extremes.map(|(_, max)| max.to_f64()),
                exemplars,
                zero_threshold: value.zero_threshold,
                ..ExponentialHistogramDataPoint::default()
            })
        }
    }
}

/// The message of an exemplar.
pub(in crate::otlp) fn exemplar(exemplar: &core::storage::Exemplar) -> Exemplar {
    let core::storage::Exemplar { value, time, trace, labels } = exemplar;
    let value = match number(*value) {
        number_data_point::Value::AsInt(number) => exemplar::Value::AsInt(number),
        number_data_point::Value::AsDouble(number) => exemplar::Value::AsDouble(number),
    };
    let (trace_id, span_id) = trace
        .map_or_else(Default::default, |TraceIds { trace, span }| (trace.to_vec(), span.to_vec()));
    Exemplar {
        filtered_attributes: labels.as_deref().map_or_else(Vec::new, exemplar_attributes),
        time_unix_nano: time.0,
        span_id,
        trace_id,
        value: Some(value),
    }
}

/// OTLP has no unsigned integers: a number beyond the signed ones is the greatest of them.
fn number(value: Value) -> number_data_point::Value {
    match value {
        Value::U64(number) => {
            number_data_point::Value::AsInt(i64::try_from(number).unwrap_or(i64::MAX))
        }
        Value::I64(number) => number_data_point::Value::AsInt(number),
        Value::F64(number) => number_data_point::Value::AsDouble(number),
    }
}

fn buckets(buckets: ExponentialBuckets) -> Buckets {
    Buckets { offset: buckets.offset, bucket_counts: buckets.counts }
}
