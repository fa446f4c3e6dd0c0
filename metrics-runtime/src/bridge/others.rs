use std::{
    borrow::Cow,
    hash::{BuildHasher, Hash, Hasher},
    sync::Arc,
    time::SystemTime,
};

use hashbrown::{DefaultHashBuilder, HashTable};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, ExponentialBucket, ExponentialHistogramDataPoint, GaugeDataPoint,
    HistogramDataPoint, Metric, MetricData, ResourceMetrics, SumDataPoint,
};
use osapi_metrics_rules::InstrumentKind;

use super::attributes::attribute;
use crate::core::{
    snapshot::{
        Distributions, Exemplars, ExponentialBuckets, ExponentialDistribution, MetricIdentity,
        MetricSnapshot, Scope, Values,
    },
    storage::{AllSeries, AttributeValue, SeriesLabels, Value},
    sync::Timestamp,
};

/// The metrics that come out of the SDK, recognised from collection to collection.
#[derive(Debug, Default)]
pub(crate) struct OtherMetrics {
    /// The metrics of the last collection, in the order of the SDK's data.
    known: Vec<OtherMetric>,
    last_read: Timestamp,
}

/// A metric as the SDK collects it.
#[derive(Debug)]
struct OtherMetric {
    identity: Arc<MetricIdentity>,
    /// The series, with the attributes that the SDK gives to their points.
    series: AllSeries,
    attributes: Vec<Vec<KeyValue>>,
    /// When the series were read for the last time, or a collection lacked the metric.
    last_read: Timestamp,
    by_hash: HashTable<usize>,
    hasher: DefaultHashBuilder,
}

/// A data point of any type.
trait Point {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue>;
}

impl OtherMetrics {
    /// Appends the metrics that the SDK has collected, except those that `is_left_out` names, which
    /// are not read.
    pub(crate) fn join(
        &mut self,
        collected: &ResourceMetrics,
        mut is_left_out: impl FnMut(&MetricIdentity) -> bool,
        metrics: &mut Vec<MetricSnapshot>,
    ) {
        let now = Timestamp::now();
        let mut known = std::mem::take(&mut self.known).into_iter().peekable();
        let mut skipped = Vec::new();
        for scope in collected.scope_metrics() {
            for metric in scope.metrics() {
                // The SDK gives the metrics in the order of their creation, so that the next known
                // one is nearly always the one.
                let found = match known.next_if(|known| known.is(scope.scope(), metric)) {
                    Some(found) => Some(found),
                    None => {
                        skipped.extend(known.by_ref());
                        let at = skipped.iter().position(|known| known.is(scope.scope(), metric));
                        at.map(|at| skipped.swap_remove(at))
                    }
                };
                let begin = || OtherMetric::new(scope.scope(), metric, self.last_read);
                let mut other = found.unwrap_or_else(begin);
                if !is_left_out(&other.identity) {
                    let values = other.read(metric.data(), now);
                    metrics.push(MetricSnapshot {
                        identity: Arc::clone(&other.identity),
                        // Those of a set are among the attributes that the SDK got.
                        constants: &[],
                        series: Arc::clone(&other.series),
                        values,
                        // The SDK has none.
                        exemplars: Exemplars::default(),
                    });
                }
                self.known.push(other);
            }
        }
        self.last_read = now;
    }
}

impl OtherMetric {
    fn new(scope: &InstrumentationScope, metric: &Metric, last_read: Timestamp) -> Self {
        let owned = |text: &str| Cow::Owned(text.to_owned());
        let scope = Scope {
            name: owned(scope.name()),
            version: scope.version().map(owned),
            schema_url: scope.schema_url().map(Into::into),
            attributes: scope_attributes(scope).collect(),
        };
        let identity = MetricIdentity {
            scope,
            name: owned(metric.name()),
            unit: owned(metric.unit()),
            help: owned(metric.description().trim()),
            kind: kind_of(metric.data()),
        };
        Self {
            identity: Arc::new(identity),
            series: Arc::new([]),
            attributes: Vec::new(),
            last_read,
            by_hash: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }

    /// Whether the SDK's metric is this one.
    fn is(&self, scope: &InstrumentationScope, metric: &Metric) -> bool {
        let identity = &*self.identity;
        identity.name == metric.name()
            && identity.scope.name == scope.name()
            && identity.scope.version.as_deref() == scope.version()
            && identity.scope.schema_url.as_deref() == scope.schema_url()
            && identity.unit == metric.unit()
            && identity.help == metric.description().trim()
            && identity.kind == kind_of(metric.data())
            && scope_attributes(scope).eq(identity.scope.attributes.iter().cloned())
    }

    fn read(&mut self, data: &AggregatedMetrics, now: Timestamp) -> Values {
        let last_read = std::mem::replace(&mut self.last_read, now);
        match data {
            AggregatedMetrics::F64(data) => self.read_typed(data, last_read),
            AggregatedMetrics::U64(data) => self.read_typed(data, last_read),
            AggregatedMetrics::I64(data) => self.read_typed(data, last_read),
        }
    }

    fn read_typed<T>(&mut self, data: &MetricData<T>, last_read: Timestamp) -> Values
    where
        T: Copy + Into<Value>,
    {
        match data {
            MetricData::Gauge(gauge) => {
                let points: Vec<_> = gauge.data_points().collect();
                let begun = gauge.start_time().unwrap_or_else(|| gauge.time());
                self.find_series(&points, begun, last_read);
                self.numbers(&points, GaugeDataPoint::value)
            }
            MetricData::Sum(sum) => {
                let points: Vec<_> = sum.data_points().collect();
                self.find_series(&points, sum.start_time(), last_read);
                self.numbers(&points, SumDataPoint::value)
            }
            MetricData::Histogram(histogram) => {
                let points: Vec<_> = histogram.data_points().collect();
                self.find_series(&points, histogram.start_time(), last_read);
                Values::Distributions(distributions(&self.in_order(&points)))
            }
            MetricData::ExponentialHistogram(histogram) => {
                let points: Vec<_> = histogram.data_points().collect();
                self.find_series(&points, histogram.start_time(), last_read);
                let points = self.in_order(&points).into_iter();
                Values::Exponential(points.map(|point| Some(exponential(point))).collect())
            }
        }
    }

    /// Makes the series those of the points. Series that the last collection had stay the same.
    fn find_series<P: Point>(&mut self, points: &[&P], begun: SystemTime, last_read: Timestamp) {
        let is_same = points.len() == self.series.len()
            && points.iter().enumerate().all(|(nth, point)| self.position(nth, *point).is_some());
        if is_same {
            return;
        }
        // The SDK has one start for all series of an instrument. A series that the last collection
        // did not have began after it.
        let start = last_read.max(begun.into());
        let series = points.iter().enumerate().map(|(nth, point)| {
            self.position(nth, *point).map_or_else(
                || Arc::new(SeriesLabels::of_attributes(attributes(*point), start)),
                |known| Arc::clone(&self.series[known]),
            )
        });
        let series: AllSeries = series.collect();
        self.series = series;
        self.attributes =
            points.iter().map(|point| point.attributes().cloned().collect()).collect();
        self.by_hash.clear();
        for position in 0..self.attributes.len() {
            let hash = hash_of(&self.hasher, self.attributes[position].iter());
            let Self { attributes, by_hash, hasher, .. } = self;
            by_hash
                .insert_unique(hash, position, |&known| hash_of(hasher, attributes[known].iter()));
        }
    }

    /// The points in the order of the series.
    fn in_order<'p, P: Point>(&self, points: &[&'p P]) -> Vec<&'p P> {
        let mut ordered = points.to_vec();
        for (nth, point) in points.iter().enumerate() {
            if let Some(position) = self.position(nth, *point) {
                ordered[position] = point;
            }
        }
        ordered
    }

    fn numbers<P: Point, T: Into<Value>>(&self, points: &[&P], value: impl Fn(&P) -> T) -> Values {
        let points = self.in_order(points).into_iter();
        Values::Numbers(points.map(|point| Some(value(point).into())).collect())
    }

    /// The position of a point's series. Usually the SDK gives the points in the same order each
    /// time.
    fn position<P: Point>(&self, likely: usize, point: &P) -> Option<usize> {
        let is_at = |position: usize| {
            self.attributes.get(position).is_some_and(|known| known.iter().eq(point.attributes()))
        };
        if is_at(likely) {
            return Some(likely);
        }
        let hash = hash_of(&self.hasher, point.attributes());
        self.by_hash.find(hash, |&position| is_at(position)).copied()
    }
}

fn hash_of<'a>(hasher: &DefaultHashBuilder, attributes: impl Iterator<Item = &'a KeyValue>) -> u64 {
    let mut hasher = hasher.build_hasher();
    attributes.for_each(|attribute| attribute.hash(&mut hasher));
    hasher.finish()
}

fn attributes(point: &impl Point) -> Box<[(Box<str>, AttributeValue)]> {
    let attributes = point.attributes();
    attributes.map(|label| (label.key.as_str().into(), attribute(&label.value))).collect()
}

fn scope_attributes(
    scope: &InstrumentationScope,
) -> impl Iterator<Item = (Box<str>, AttributeValue)> + '_ {
    scope.attributes().map(|label| (label.key.as_str().into(), attribute(&label.value)))
}

fn distributions<T: Copy + Into<Value>>(points: &[&HistogramDataPoint<T>]) -> Distributions {
    let mut distributions = Distributions::default();
    // The points of an instrument have the same boundaries.
    let boundaries: Arc<[f64]> =
        points.first().map(|point| point.bounds().collect()).unwrap_or_default();
    for point in points {
        let buckets = distributions.push_empty(&boundaries);
        for (bucket, count) in buckets.iter_mut().zip(point.bucket_counts()) {
            *bucket = count;
        }
        let extremes = point.min().zip(point.max()).map(|(min, max)| (min.into(), max.into()));
        distributions.set_last(point.count(), point.sum().into(), extremes);
    }
    distributions
}

fn exponential<T: Copy + Into<Value>>(
    point: &ExponentialHistogramDataPoint<T>,
) -> ExponentialDistribution {
    ExponentialDistribution {
        count: point.count() as u64,
        sum: point.sum().into(),
        extremes: point.min().zip(point.max()).map(|(min, max)| (min.into(), max.into())),
        scale: point.scale().into(),
        zero_count: point.zero_count(),
        zero_threshold: point.zero_threshold(),
        positive: buckets(point.positive_bucket()),
        negative: buckets(point.negative_bucket()),
    }
}

fn buckets(bucket: &ExponentialBucket) -> ExponentialBuckets {
    ExponentialBuckets { offset: bucket.offset(), counts: bucket.counts().collect() }
}

impl<T> Point for GaugeDataPoint<T> {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }
}

impl<T> Point for SumDataPoint<T> {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }
}

impl<T> Point for HistogramDataPoint<T> {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }
}

impl<T> Point for ExponentialHistogramDataPoint<T> {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }
}

/// The kind of the instrument that wrote the data.
fn kind_of(data: &AggregatedMetrics) -> InstrumentKind {
    fn kind<T>(data: &MetricData<T>) -> InstrumentKind {
        match data {
            MetricData::Gauge(_) => InstrumentKind::Gauge,
            MetricData::Sum(sum) if sum.is_monotonic() => InstrumentKind::Counter,
            MetricData::Sum(_) => InstrumentKind::UpDownCounter,
            MetricData::Histogram(_) | MetricData::ExponentialHistogram(_) => {
                InstrumentKind::Histogram
            }
        }
    }
    match data {
        AggregatedMetrics::F64(data) => kind(data),
        AggregatedMetrics::U64(data) => kind(data),
        AggregatedMetrics::I64(data) => kind(data),
    }
}
