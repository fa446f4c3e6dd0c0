use std::{
    borrow::Cow,
    hash::{BuildHasher, Hash, Hasher},
};

use hashbrown::{DefaultHashBuilder, HashTable};
use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, ExponentialHistogramDataPoint, GaugeDataPoint, HistogramDataPoint, Metric,
    MetricData, SumDataPoint,
};
use osapi_metrics_rules::InstrumentKind;

use super::{
    core_source::CoreSource,
    labels::Labels,
    series_prefixes::SeriesPrefixes,
    source::{MetricMetadata, SampleSource, Values},
};
use crate::core::storage::Value;

/// A metric as the SDK collects it.
#[derive(Debug)]
pub(super) struct Stream {
    id: u64,
    /// The unit that the SDK reports. The name in a scrape need not show it.
    unit: String,
    is_core: bool,
    source: SampleSource,
    series: SeriesPositions,
}

/// A metric in the data of the SDK, with its scope.
#[derive(Clone, Copy)]
pub(super) struct MetricRef<'a> {
    pub(super) scope: &'a str,
    pub(super) version: Option<&'a str>,
    pub(super) metric: &'a Metric,
}

/// The positions of the series of a stream, by the attributes of their points.
#[derive(Debug, Default)]
struct SeriesPositions {
    attributes: Vec<Vec<KeyValue>>,
    by_hash: HashTable<usize>,
    hasher: DefaultHashBuilder,
}

/// A data point of any type.
trait Point {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue>;
    fn store(&self, values: &mut Values, position: usize);
}

/// The labels that the formats add to the samples of a histogram.
const HISTOGRAM_LABELS: &[&str] = &["le"];

impl Stream {
    /// `id` is unique among all streams. `core` are the instruments that are read without the SDK.
    pub(super) fn new(id: u64, collected: MetricRef<'_>, core: &[CoreSource]) -> Self {
        let MetricRef { scope, version, metric } = collected;
        let kind = kind_of(metric.data());
        let owned = |text: &str| Cow::Owned(text.to_owned());
        let metadata = MetricMetadata::new(
            (owned(scope), version.map(owned)),
            owned(metric.name()),
            Some(metric.unit()).filter(|unit| !unit.is_empty()),
            kind,
            owned(metric.description().trim()),
        );
        Self {
            id,
            unit: metric.unit().to_owned(),
            is_core: core.iter().any(|source| source.is(&metadata, metric.unit())),
            source: SampleSource {
                metadata,
                prefixes: SeriesPrefixes::default(),
                values: Values::new(kind),
            },
            series: SeriesPositions::default(),
        }
    }

    /// Whether `collected` is the metric of this stream.
    pub(super) fn is(&self, collected: MetricRef<'_>) -> bool {
        let MetricRef { scope, version, metric } = collected;
        let metadata = &self.source.metadata;
        metadata.name == metric.name()
            && metadata.scope == scope
            && metadata.version.as_deref() == version
            && self.unit == metric.unit()
            && metadata.help == metric.description().trim()
            && metadata.kind == kind_of(metric.data())
    }

    pub(super) fn source(&self) -> &SampleSource {
        &self.source
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Whether the values are read without the SDK. The SDK's values are then left over from the
    /// collections of other readers.
    pub(super) fn is_core(&self) -> bool {
        self.is_core
    }

    /// Reads the values that the SDK collected.
    pub(super) fn read(&mut self, metric: &Metric) {
        if self.is_core {
            return;
        }
        match metric.data() {
            AggregatedMetrics::F64(data) => self.read_typed(data),
            AggregatedMetrics::U64(data) => self.read_typed(data),
            AggregatedMetrics::I64(data) => self.read_typed(data),
        }
    }

    fn read_typed<T: Copy + Into<Value>>(&mut self, data: &MetricData<T>) {
        match data {
            MetricData::Gauge(gauge) => self.read_points(gauge.data_points()),
            MetricData::Sum(sum) => self.read_points(sum.data_points()),
            MetricData::Histogram(histogram) => self.read_points(histogram.data_points()),
            MetricData::ExponentialHistogram(histogram) => {
                self.read_points(histogram.data_points());
            }
        }
    }

    fn read_points<'a, P: Point + 'a>(&mut self, points: impl Iterator<Item = &'a P>) {
        let points: Vec<&P> = points.collect();
        let Self { source: SampleSource { metadata, prefixes, values }, series, .. } = self;
        values.clear(points.len());
        if points.len() == series.len() && series.store_all(&points, values) {
            return;
        }
        *series = SeriesPositions::of(&points);
        let reserved: &[&str] =
            if metadata.kind == InstrumentKind::Histogram { HISTOGRAM_LABELS } else { &[] };
        let labels = points.iter().map(|point| Labels::of_point(point.attributes(), reserved));
        *prefixes = SeriesPrefixes::new(&metadata.family, metadata.kind, labels);
        values.clear(points.len());
        for (position, point) in points.iter().enumerate() {
            point.store(values, position);
        }
    }
}

impl SeriesPositions {
    fn of<P: Point>(points: &[&P]) -> Self {
        let attributes = points.iter().map(|point| point.attributes().cloned().collect());
        let mut positions =
            Self { attributes: attributes.collect(), by_hash: HashTable::new(), ..Self::default() };
        for position in 0..points.len() {
            let hash = positions.hash(positions.attributes[position].iter());
            let Self { attributes, by_hash, hasher } = &mut positions;
            by_hash
                .insert_unique(hash, position, |&known| hash_of(hasher, attributes[known].iter()));
        }
        positions
    }

    fn len(&self) -> usize {
        self.attributes.len()
    }

    /// Stores each point at the position of its series. Returns false if the series have changed;
    /// the values are then incomplete.
    fn store_all<P: Point>(&self, points: &[&P], values: &mut Values) -> bool {
        points.iter().enumerate().all(|(nth, point)| {
            let position = self.position(nth, *point).filter(|&position| !values.has(position));
            position.inspect(|&position| point.store(values, position)).is_some()
        })
    }

    /// The position of a point's series. Usually the SDK gives the points in the same order each
    /// time.
    fn position<P: Point>(&self, likely: usize, point: &P) -> Option<usize> {
        let is_at = |position: usize| self.attributes[position].iter().eq(point.attributes());
        if is_at(likely) {
            return Some(likely);
        }
        self.by_hash.find(self.hash(point.attributes()), |&position| is_at(position)).copied()
    }

    fn hash<'a>(&self, attributes: impl Iterator<Item = &'a KeyValue>) -> u64 {
        hash_of(&self.hasher, attributes)
    }
}

fn hash_of<'a>(hasher: &DefaultHashBuilder, attributes: impl Iterator<Item = &'a KeyValue>) -> u64 {
    let mut hasher = hasher.build_hasher();
    attributes.for_each(|attribute| attribute.hash(&mut hasher));
    hasher.finish()
}

impl<T: Copy + Into<Value>> Point for GaugeDataPoint<T> {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }

    fn store(&self, values: &mut Values, position: usize) {
        values.set_number(position, self.value().into());
    }
}

impl<T: Copy + Into<Value>> Point for SumDataPoint<T> {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }

    fn store(&self, values: &mut Values, position: usize) {
        values.set_number(position, self.value().into());
    }
}

impl<T: Copy + Into<Value>> Point for HistogramDataPoint<T> {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }

    fn store(&self, values: &mut Values, position: usize) {
        if let Values::Histograms(histograms) = values {
            histograms.set_explicit(position, self);
        }
    }
}

impl<T: Copy + Into<Value>> Point for ExponentialHistogramDataPoint<T> {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }

    fn store(&self, values: &mut Values, position: usize) {
        if let Values::Histograms(histograms) = values {
            histograms.set_exponential(position, self);
        }
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
