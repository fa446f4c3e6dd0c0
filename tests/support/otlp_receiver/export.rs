//! A received request in a form that tests can compare.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value},
    metrics::v1::{
        AggregationTemporality, Exemplar as ProtoExemplar, ExponentialHistogram,
        HistogramDataPoint, Metric as ProtoMetric, NumberDataPoint, exemplar, metric,
        number_data_point,
    },
};

/// Keys and values of labels or resource attributes; values other than strings are formatted.
pub type Labels = BTreeMap<String, String>;

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// The HTTP headers or the gRPC metadata of the request.
    pub headers: BTreeMap<String, String>,
    /// The uncompressed body; empty over gRPC.
    pub body: Vec<u8>,
    /// The attributes of the resource.
    pub resource: Labels,
    /// The metrics by name. A second scope has its metric of a name as `name of scope`.
    pub metrics: BTreeMap<String, Metric>,
    /// The histograms with exponential buckets, by name.
    pub exponential: BTreeMap<String, ExponentialHistogram>,
}

/// One metric of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The name of the instrumentation scope.
    pub scope: String,
    /// The description, which is the help text of a scrape.
    pub description: String,
    /// The unit, in UCUM.
    pub unit: String,
    /// The kind of metric.
    pub kind: Kind,
    /// The temporality; `None` for gauges.
    pub temporality: Option<Temporality>,
    /// The series.
    pub series: BTreeMap<Labels, Value>,
    /// The period that the value of each series covers.
    pub periods: BTreeMap<Labels, Period>,
    /// The exemplars of each series that has some, in the order of the request.
    pub exemplars: BTreeMap<Labels, Vec<Exemplar>>,
}

/// A single sample of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    /// The sample.
    pub value: f64,
    /// When it was recorded, in nanoseconds since 1970.
    pub time: u64,
    /// The trace, in hexadecimal digits; empty without one.
    pub trace: String,
    /// The span, in hexadecimal digits; empty without one.
    pub span: String,
    /// Labels that are not those of the series.
    pub labels: Labels,
}

/// The period that a point covers, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The beginning.
    pub start: u64,
    /// The end.
    pub time: u64,
}

/// The kinds of metric that OTLP distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A monotonic sum.
    Counter,
    /// A sum that is not monotonic.
    UpDownCounter,
    /// A last value.
    Gauge,
    /// An explicit-bucket histogram.
    Histogram,
}

/// The start of the period that a sum or a histogram covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temporality {
    /// The start of the process.
    Cumulative,
    /// The last export.
    Delta,
}

/// The value of one series.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A sum or gauge.
    Number(f64),
    /// A histogram.
    Histogram {
        /// The number of samples.
        count: u64,
        /// The sum of all samples.
        sum: f64,
        /// The upper bounds of all buckets but the last.
        bounds: Vec<f64>,
        /// The number of samples in each bucket, not cumulative.
        buckets: Vec<u64>,
        /// The smallest sample.
        min: Option<f64>,
        /// The largest sample.
        max: Option<f64>,
    },
}

impl Export {
    pub(super) fn new(
        headers: BTreeMap<String, String>,
        request: ExportMetricsServiceRequest,
    ) -> Self {
        let mut export = Self {
            headers,
            body: Vec::new(),
            resource: Labels::new(),
            metrics: BTreeMap::new(),
            exponential: BTreeMap::new(),
        };
        for resource in request.resource_metrics {
            export.resource.extend(labels(resource.resource.unwrap_or_default().attributes));
            for scope in resource.scope_metrics {
                let name = scope.scope.unwrap_or_default().name;
                for metric in scope.metrics {
                    if let Some(metric::Data::ExponentialHistogram(histogram)) = metric.data {
                        export.exponential.insert(metric.name, histogram);
                        continue;
                    }
                    let mut key = metric.name.clone();
                    if export.metrics.get(&key).is_some_and(|known| known.scope != name) {
                        key = format!("{key} of {name}");
                    }
                    let twice = export.metrics.insert(key, Metric::new(&name, metric));
                    assert!(twice.is_none(), "a metric came twice: {twice:#?}");
                }
            }
        }
        export
    }

    /// The value of a series of a sum or gauge, if the export has the series.
    pub fn number(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        match self.metrics.get(name)?.series.get(&owned(labels))? {
            Value::Number(number) => Some(*number),
            Value::Histogram { .. } => None,
        }
    }
}

/// Owned labels of the literals that tests write.
fn owned(labels: &[(&str, &str)]) -> Labels {
    labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

impl Metric {
    fn new(scope: &str, metric: ProtoMetric) -> Self {
        let (kind, temporality, points) = match metric.data {
            Some(metric::Data::Gauge(gauge)) => (Kind::Gauge, None, numbers(gauge.data_points)),
            Some(metric::Data::Sum(sum)) => (
                if sum.is_monotonic { Kind::Counter } else { Kind::UpDownCounter },
                Some(temporality(sum.aggregation_temporality)),
                numbers(sum.data_points),
            ),
            Some(metric::Data::Histogram(histogram)) => (
                Kind::Histogram,
                Some(temporality(histogram.aggregation_temporality)),
                histogram.data_points.into_iter().map(histogram_point).collect(),
            ),
            other => panic!("`{}` has unexpected data: {other:?}", metric.name),
        };
        let (mut series, mut periods) = (BTreeMap::new(), BTreeMap::new());
        let mut exemplars = BTreeMap::new();
        for (labels, period, of_series, value) in points {
            periods.insert(labels.clone(), period);
            if !of_series.is_empty() {
                exemplars.insert(labels.clone(), of_series);
            }
            series.insert(labels, value);
        }
        Self {
            scope: scope.to_owned(),
            description: metric.description,
            unit: metric.unit,
            kind,
            temporality,
            series,
            periods,
            exemplars,
        }
    }
}

fn temporality(number: i32) -> Temporality {
    match AggregationTemporality::try_from(number) {
        Ok(AggregationTemporality::Cumulative) => Temporality::Cumulative,
        Ok(AggregationTemporality::Delta) => Temporality::Delta,
        other => panic!("unexpected temporality {other:?}"),
    }
}

/// The labels of a point, its period, its exemplars and its value.
type Point = (Labels, Period, Vec<Exemplar>, Value);

fn numbers(points: Vec<NumberDataPoint>) -> Vec<Point> {
    points
        .into_iter()
        .map(|point| {
            let number = match point.value {
                Some(number_data_point::Value::AsDouble(value)) => value,
                Some(number_data_point::Value::AsInt(value)) => float(value),
                None => panic!("a point without a value: {point:?}"),
            };
            let exemplars = exemplars(point.exemplars);
            let period = Period { start: point.start_time_unix_nano, time: point.time_unix_nano };
            (labels(point.attributes), period, exemplars, Value::Number(number))
        })
        .collect()
}

fn histogram_point(point: HistogramDataPoint) -> Point {
    let value = Value::Histogram {
        count: point.count,
        sum: point.sum.unwrap_or_default(),
        bounds: point.explicit_bounds,
        buckets: point.bucket_counts,
        min: point.min,
        max: point.max,
    };
    let period = Period { start: point.start_time_unix_nano, time: point.time_unix_nano };
    (labels(point.attributes), period, exemplars(point.exemplars), value)
}

fn exemplars(exemplars: Vec<ProtoExemplar>) -> Vec<Exemplar> {
    let hexadecimal = |id: Vec<u8>| {
        let digits: Vec<_> = id.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.concat()
    };
    let exemplar = |exemplar: ProtoExemplar| Exemplar {
        value: match exemplar.value {
            Some(exemplar::Value::AsDouble(value)) => value,
            Some(exemplar::Value::AsInt(value)) => float(value),
            None => panic!("an exemplar without a value: {exemplar:?}"),
        },
        time: exemplar.time_unix_nano,
        trace: hexadecimal(exemplar.trace_id),
        span: hexadecimal(exemplar.span_id),
        labels: labels(exemplar.filtered_attributes),
    };
    exemplars.into_iter().map(exemplar).collect()
}

#[expect(clippy::cast_precision_loss, reason = "test values are small")]
fn float(value: i64) -> f64 {
    value as f64
}

fn labels(attributes: Vec<KeyValue>) -> Labels {
    attributes.into_iter().map(|attribute| (attribute.key, text(attribute.value))).collect()
}

fn text(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(any_value::Value::StringValue(text)) => text,
        Some(any_value::Value::BoolValue(flag)) => flag.to_string(),
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        Some(any_value::Value::DoubleValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}
