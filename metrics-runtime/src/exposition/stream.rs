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
    source::{MetricMetadata, Source, Values},
};
use crate::core::storage::Value;

/// A metric as the SDK collects it.
#[derive(Debug)]
pub(super) struct Stream {
    id: u64,
    /// As it was given, which the name in a scrape need not show.
    unit: String,
    is_own: bool,
    source: Source,
    series: SeriesPlaces,
}

/// Where a stream comes from and what the SDK says of it.
#[derive(Clone, Copy)]
pub(super) struct Collected<'a> {
    pub(super) scope: &'a str,
    pub(super) version: Option<&'a str>,
    pub(super) metric: &'a Metric,
}

/// Which series a stream has, by the attributes of their points.
#[derive(Debug, Default)]
struct SeriesPlaces {
    attributes: Vec<Vec<KeyValue>>,
    by_hash: HashTable<usize>,
    hasher: DefaultHashBuilder,
}

/// A data point of any type.
trait Point {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue>;
    fn store(&self, values: &mut Values, place: usize);
}

/// The labels that the formats add to the samples of a histogram.
const HISTOGRAM_LABELS: &[&str] = &["le"];

impl Stream {
    /// `id` tells it from every other stream that there ever was, `own` are the instruments that are read without
    /// the SDK.
    pub(super) fn new(id: u64, collected: Collected<'_>, own: &[CoreSource]) -> Self {
        let Collected { scope, version, metric } = collected;
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
            is_own: own.iter().any(|own| own.is(&metadata, metric.unit())),
            source: Source {
                metadata,
                lines: SeriesPrefixes::default(),
                values: Values::new(kind),
            },
            series: SeriesPlaces::default(),
        }
    }

    /// Whether this is the same metric, collected again.
    pub(super) fn is(&self, collected: Collected<'_>) -> bool {
        let Collected { scope, version, metric } = collected;
        let metadata = &self.source.metadata;
        metadata.name == metric.name()
            && metadata.scope == scope
            && metadata.version.as_deref() == version
            && self.unit == metric.unit()
            && metadata.help == metric.description().trim()
            && metadata.kind == kind_of(metric.data())
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Whether its values are read without the SDK, so that those which the SDK has are left over from other readers'
    /// collections.
    pub(super) fn is_own(&self) -> bool {
        self.is_own
    }

    /// Takes the values that were collected.
    pub(super) fn read(&mut self, metric: &Metric) {
        if self.is_own {
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
        let Self { source: Source { metadata, lines, values }, series, .. } = self;
        values.clear(points.len());
        if points.len() == series.len() && series.place_all(&points, values) {
            return;
        }
        *series = SeriesPlaces::of(&points);
        let reserved: &[&str] =
            if metadata.kind == InstrumentKind::Histogram { HISTOGRAM_LABELS } else { &[] };
        let labels = points.iter().map(|point| Labels::of_point(point.attributes(), reserved));
        *lines = SeriesPrefixes::new(&metadata.family, metadata.kind, labels);
        values.clear(points.len());
        for (place, point) in points.iter().enumerate() {
            point.store(values, place);
        }
    }
}

impl SeriesPlaces {
    fn of<P: Point>(points: &[&P]) -> Self {
        let attributes = points.iter().map(|point| point.attributes().cloned().collect());
        let mut places =
            Self { attributes: attributes.collect(), by_hash: HashTable::new(), ..Self::default() };
        for place in 0..points.len() {
            let hash = places.hash(places.attributes[place].iter());
            let Self { attributes, by_hash, hasher } = &mut places;
            by_hash.insert_unique(hash, place, |&known| hash_of(hasher, attributes[known].iter()));
        }
        places
    }

    fn len(&self) -> usize {
        self.attributes.len()
    }

    /// Stores each point at the place of its series. False if the series are not the same as before; then the values
    /// are not complete.
    fn place_all<P: Point>(&self, points: &[&P], values: &mut Values) -> bool {
        points.iter().enumerate().all(|(nth, point)| {
            let place = self.place(nth, *point).filter(|&place| !values.has(place));
            place.inspect(|&place| point.store(values, place)).is_some()
        })
    }

    /// The place of a point's series. Mostly the SDK gives the points in the same order each time.
    fn place<P: Point>(&self, likely: usize, point: &P) -> Option<usize> {
        let is_at = |place: usize| self.attributes[place].iter().eq(point.attributes());
        if is_at(likely) {
            return Some(likely);
        }
        self.by_hash.find(self.hash(point.attributes()), |&place| is_at(place)).copied()
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

    fn store(&self, values: &mut Values, place: usize) {
        values.set_number(place, self.value().into());
    }
}

impl<T: Copy + Into<Value>> Point for SumDataPoint<T> {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }

    fn store(&self, values: &mut Values, place: usize) {
        values.set_number(place, self.value().into());
    }
}

impl<T: Copy + Into<Value>> Point for HistogramDataPoint<T> {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }

    fn store(&self, values: &mut Values, place: usize) {
        if let Values::Histograms(histograms) = values {
            histograms.set_explicit(place, self);
        }
    }
}

impl<T: Copy + Into<Value>> Point for ExponentialHistogramDataPoint<T> {
    fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }

    fn store(&self, values: &mut Values, place: usize) {
        if let Values::Histograms(histograms) = values {
            histograms.set_exponential(place, self);
        }
    }
}

/// What kind of instrument wrote this data.
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
