use opentelemetry_sdk::metrics::data::{
    ExponentialBucket, ExponentialHistogramDataPoint, HistogramDataPoint,
};

use super::number::write_f64;
use crate::core::storage::Value;

/// The classic histograms of one metric, each at the position of its series.
#[derive(Debug, Default)]
pub(super) struct Histograms {
    points: Vec<Option<Point>>,
    /// The buckets of all points, one after the other.
    buckets: Vec<(f64, u64)>,
    /// The boundaries of the points, unless their buckets are exponential.
    boundaries: Boundaries,
    /// The negative buckets of one point, reused for each point.
    negative: Vec<(i64, u64)>,
}

/// One classic histogram.
#[derive(Clone, Copy, Debug)]
pub(super) struct Histogram<'a> {
    /// Upper boundaries, increasing and finite, and the number of values at or below each boundary.
    pub(super) buckets: &'a [(f64, u64)],
    /// The rendered boundaries, if they are known.
    pub(super) boundaries: Option<&'a Boundaries>,
    pub(super) count: u64,
    pub(super) sum: Value,
}

/// The sum of several histograms.
#[derive(Debug)]
pub(super) struct MergedHistogram {
    buckets: Vec<(f64, u64)>,
    count: u64,
    sum: Value,
}

/// A list of boundaries, and their rendered labels.
#[derive(Debug, Default)]
pub(super) struct Boundaries {
    bounds: Vec<f64>,
    text: String,
    ends: Vec<usize>,
}

#[derive(Debug)]
struct Point {
    first: usize,
    end: usize,
    has_boundaries: bool,
    count: u64,
    sum: Value,
}

impl Histograms {
    /// Removes all points, and reserves this number of positions.
    pub(super) fn clear(&mut self, len: usize) {
        self.points.clear();
        self.points.resize_with(len, || None);
        self.buckets.clear();
    }

    pub(super) fn get(&self, position: usize) -> Option<Histogram<'_>> {
        self.points[position].as_ref().map(|point| Histogram {
            buckets: &self.buckets[point.first..point.end],
            boundaries: point.has_boundaries.then_some(&self.boundaries),
            count: point.count,
            sum: point.sum,
        })
    }

    pub(super) fn set_explicit<T>(&mut self, position: usize, point: &HistogramDataPoint<T>)
    where
        T: Copy + Into<Value>,
    {
        let first = self.buckets.len();
        let mut cumulative = 0;
        self.buckets.extend(point.bounds().zip(point.bucket_counts()).map(|(bound, count)| {
            cumulative += count;
            (bound, cumulative)
        }));
        if first == 0 && !self.boundaries.are(point.bounds()) {
            self.boundaries = Boundaries::new(point.bounds());
        }
        self.points[position] = Some(Point {
            first,
            end: self.buckets.len(),
            has_boundaries: self.boundaries.are(point.bounds()),
            count: point.count(),
            sum: point.sum().into(),
        });
    }

    /// Converts exponential buckets to classic buckets at the same boundaries.
    ///
    /// Bucket `i` of scale `s` holds values above `base^i` up to `base^(i + 1)`, with `base =
    /// 2^(2^-s)`. The lower boundary of the first positive bucket is shown too, so that quantiles
    /// are not interpolated from 0. Negative values that equal a boundary count one bucket too
    /// high, because their buckets include the lower boundary.
    pub(super) fn set_exponential<T>(
        &mut self,
        position: usize,
        point: &ExponentialHistogramDataPoint<T>,
    ) where
        T: Copy + Into<Value>,
    {
        let exponent_step = f64::from(-i32::from(point.scale())).exp2();
        let boundary = |index: i64| (index as f64 * exponent_step).exp2();
        let first = self.buckets.len();
        let mut buckets = CumulativeBuckets { buckets: &mut self.buckets, first, count: 0 };

        self.negative.clear();
        self.negative.extend(indexed(point.negative_bucket()));
        let has_negative = self.negative.iter().any(|&(_, count)| count > 0);
        if has_negative {
            for &(index, count) in self.negative.iter().rev() {
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
        self.points[position] = Some(Point {
            first,
            end: self.buckets.len(),
            has_boundaries: false,
            count: point.count() as u64,
            sum: point.sum().into(),
        });
    }
}

impl MergedHistogram {
    pub(super) fn new(first: Histogram<'_>) -> Self {
        Self { buckets: first.buckets.to_vec(), count: first.count, sum: first.sum }
    }

    /// Adds the histogram of another series with equal labels. Where boundaries differ, only the
    /// common boundaries stay: for them both counts are known.
    pub(super) fn add(&mut self, other: Histogram<'_>) {
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

    pub(super) fn as_histogram(&self) -> Histogram<'_> {
        let Self { buckets, count, sum } = self;
        Histogram { buckets, boundaries: None, count: *count, sum: *sum }
    }
}

impl Boundaries {
    fn new(bounds: impl Iterator<Item = f64>) -> Self {
        let mut new = Self::default();
        for bound in bounds {
            write_boundary(&mut new.text, bound);
            new.bounds.push(bound);
            new.ends.push(new.text.len());
        }
        new
    }

    /// The rendered text of each boundary, which ends the name of its sample.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let text = &self.text[start..end];
            start = end;
            text
        })
    }

    fn are(&self, bounds: impl Iterator<Item = f64>) -> bool {
        self.bounds.iter().copied().eq(bounds)
    }
}

/// Writes the text between the labels of a bucket and its value.
pub(super) fn write_boundary(out: &mut String, bound: f64) {
    out.push_str("le=\"");
    write_f64(out, bound);
    out.push_str("\"} ");
}

/// The buckets of one sign with their indexes, in order.
fn indexed(bucket: &ExponentialBucket) -> impl Iterator<Item = (i64, u64)> + '_ {
    (i64::from(bucket.offset())..).zip(bucket.counts())
}

/// The buckets of one point while they are built, from low to high.
struct CumulativeBuckets<'a> {
    buckets: &'a mut Vec<(f64, u64)>,
    first: usize,
    count: u64,
}

impl CumulativeBuckets<'_> {
    /// Adds the bucket that ends at `bound`. A boundary beyond the range of floats is not written,
    /// and very fine boundaries can be equal as floats: their values count at the next boundary
    /// that is written.
    fn push(&mut self, bound: f64, count: u64) {
        self.count += count;
        if !bound.is_finite() {
            return;
        }
        match self.buckets[self.first..].last_mut() {
            Some((last, cumulative)) if *last >= bound => *cumulative = self.count,
            _ => self.buckets.push((bound, self.count)),
        }
    }
}
