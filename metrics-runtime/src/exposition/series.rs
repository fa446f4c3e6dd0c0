use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, ExponentialBucket, ExponentialHistogramDataPoint, HistogramDataPoint,
    MetricData,
};
use osapi_metrics_rules::InstrumentKind;

use super::labels::Labels;
use super::number::Number;

/// The labels that the formats add to the samples of a histogram.
const HISTOGRAM_LABELS: &[&str] = &["le"];

/// One label set of a family and what was measured for it.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) labels: Labels,
    pub(super) value: SeriesValue,
}

#[derive(Debug)]
pub(super) enum SeriesValue {
    /// A sum: what the same labels measured elsewhere is added.
    Sum(Number),
    /// A last value: what was collected later replaces it.
    Last(Number),
    Histogram(Histogram),
}

/// A classic histogram.
#[derive(Debug, PartialEq)]
pub(super) struct Histogram {
    /// Upper boundaries, increasing and finite, and how many values are at or below each.
    pub(super) buckets: Vec<(f64, u64)>,
    pub(super) count: u64,
    pub(super) sum: Number,
}

/// What kind of instrument wrote this data.
pub(super) fn kind_of(data: &AggregatedMetrics) -> InstrumentKind {
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

/// Appends a series for every data point.
pub(super) fn collect(data: &AggregatedMetrics, series: &mut Vec<Series>) {
    match data {
        AggregatedMetrics::F64(data) => collect_typed(data, series),
        AggregatedMetrics::U64(data) => collect_typed(data, series),
        AggregatedMetrics::I64(data) => collect_typed(data, series),
    }
}

fn collect_typed<T: Copy + Into<Number>>(data: &MetricData<T>, series: &mut Vec<Series>) {
    match data {
        MetricData::Gauge(gauge) => series.extend(gauge.data_points().map(|point| Series {
            labels: Labels::of_point(point.attributes(), &[]),
            value: SeriesValue::Last(point.value().into()),
        })),
        MetricData::Sum(sum) => series.extend(sum.data_points().map(|point| Series {
            labels: Labels::of_point(point.attributes(), &[]),
            value: SeriesValue::Sum(point.value().into()),
        })),
        MetricData::Histogram(histogram) => {
            series.extend(histogram.data_points().map(|point| Series {
                labels: Labels::of_point(point.attributes(), HISTOGRAM_LABELS),
                value: SeriesValue::Histogram(Histogram::from_explicit(point)),
            }));
        }
        MetricData::ExponentialHistogram(histogram) => {
            series.extend(histogram.data_points().map(|point| Series {
                labels: Labels::of_point(point.attributes(), HISTOGRAM_LABELS),
                value: SeriesValue::Histogram(Histogram::from_exponential(point)),
            }));
        }
    }
}

/// Brings series into a stable order and merges those with equal labels.
pub(super) fn merge(series: &mut Vec<Series>) {
    // The sort is stable, so that of two last values the later collected stays.
    series.sort_by(|a, b| a.labels.cmp(&b.labels));
    series.dedup_by(|later, kept| {
        let same = later.labels == kept.labels;
        if same {
            match (&mut kept.value, &later.value) {
                (SeriesValue::Sum(kept), SeriesValue::Sum(later)) => *kept = kept.plus(*later),
                (SeriesValue::Histogram(kept), SeriesValue::Histogram(later)) => kept.add(later),
                (kept, SeriesValue::Last(later) | SeriesValue::Sum(later)) => {
                    *kept = SeriesValue::Last(*later);
                }
                (_, SeriesValue::Histogram(_)) => {}
            }
        }
        same
    });
}

impl Histogram {
    fn from_explicit<T: Copy + Into<Number>>(point: &HistogramDataPoint<T>) -> Self {
        let mut cumulative = 0;
        let buckets = point
            .bounds()
            .zip(point.bucket_counts())
            .map(|(bound, count)| {
                cumulative += count;
                (bound, cumulative)
            })
            .collect();
        Self { buckets, count: point.count(), sum: point.sum().into() }
    }

    /// Classic buckets at the boundaries of the exponential ones.
    ///
    /// Bucket `i` of scale `s` holds values above `base^i` up to `base^(i + 1)`, with `base = 2^(2^-s)`. The lower
    /// boundary of the first positive bucket is shown too, so that quantiles are not interpolated from 0. Negative
    /// values that equal a boundary count one bucket too high, because their buckets include the lower boundary.
    fn from_exponential<T: Copy + Into<Number>>(point: &ExponentialHistogramDataPoint<T>) -> Self {
        let exponent_step = f64::from(-i32::from(point.scale())).exp2();
        let boundary = |index: i64| (index as f64 * exponent_step).exp2();
        let mut buckets = CumulativeBuckets::default();

        let negative: Vec<(i64, u64)> = indexed(point.negative_bucket()).collect();
        let has_negative = negative.iter().any(|&(_, count)| count > 0);
        if has_negative {
            for &(index, count) in negative.iter().rev() {
                buckets.push(-boundary(index), count);
            }
        }
        if has_negative || point.zero_count() > 0 {
            buckets.push(point.zero_threshold(), point.zero_count());
        }
        for (nth, (index, count)) in indexed(point.positive_bucket()).enumerate() {
            if nth == 0 {
                buckets.push(boundary(index), 0);
            }
            buckets.push(boundary(index + 1), count);
        }
        Self { buckets: buckets.buckets, count: point.count() as u64, sum: point.sum().into() }
    }

    /// Adds what another series with the same labels measured. Of differing boundaries those remain that both have:
    /// there the counts of both are known.
    fn add(&mut self, other: &Self) {
        self.buckets.retain_mut(|(bound, count)| {
            let same = other.buckets.binary_search_by(|(other, _)| other.total_cmp(bound));
            if let Ok(at) = same {
                *count += other.buckets[at].1;
            }
            same.is_ok()
        });
        self.count += other.count;
        self.sum = self.sum.plus(other.sum);
    }
}

/// The buckets of one sign with their indexes, in order.
fn indexed(bucket: &ExponentialBucket) -> impl Iterator<Item = (i64, u64)> + '_ {
    (i64::from(bucket.offset())..).zip(bucket.counts())
}

/// Buckets under construction, from low to high.
#[derive(Default)]
struct CumulativeBuckets {
    buckets: Vec<(f64, u64)>,
    count: u64,
}

impl CumulativeBuckets {
    /// Adds the bucket that ends at `bound`. Boundaries beyond the range of floats have none of their own, and very
    /// fine ones can be equal as floats: their values count at the next boundary that can be written.
    fn push(&mut self, bound: f64, count: u64) {
        self.count += count;
        if !bound.is_finite() {
            return;
        }
        match self.buckets.last_mut() {
            Some((last, cumulative)) if *last >= bound => *cumulative = self.count,
            _ => self.buckets.push((bound, self.count)),
        }
    }
}
