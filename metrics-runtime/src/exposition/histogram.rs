use std::sync::Arc;

use super::number::write_f64;
use crate::core::{
    snapshot::{ExponentialBuckets, ExponentialDistribution, Values},
    storage::Value,
};

/// A histogram with buckets at any boundaries: one that had exponential buckets, or the sum of
/// several histograms.
#[derive(Debug)]
pub(super) struct ClassicHistogram {
    /// Upper boundaries, increasing and finite, and the number of values at or below each boundary.
    pub(super) buckets: Vec<(f64, u64)>,
    pub(super) count: u64,
    pub(super) sum: Value,
}

/// A list of boundaries, and their rendered labels.
#[derive(Debug, Default)]
pub(super) struct Boundaries {
    boundaries: Option<Arc<[f64]>>,
    text: String,
    ends: Vec<usize>,
}

impl ClassicHistogram {
    /// The histogram of the series at this position. `None` if it has no samples, or if the metric
    /// is not a histogram.
    pub(super) fn of(values: &Values, position: usize) -> Option<Self> {
        match values {
            Values::Numbers(_) => None,
            Values::Distributions(distributions) => {
                let distribution = distributions.get(position)?;
                let mut cumulative = 0;
                let boundaries = distributions.boundaries().iter();
                let buckets = boundaries.zip(distribution.buckets).map(|(boundary, count)| {
                    cumulative += count;
                    (*boundary, cumulative)
                });
                let buckets = buckets.collect();
                Some(Self { buckets, count: distribution.count, sum: distribution.sum })
            }
            Values::Exponential(distributions) => distributions[position].as_ref().map(Self::from),
        }
    }

    /// Adds the histogram of another series with equal labels. Where boundaries differ, only the
    /// common boundaries stay: for them both counts are known.
    pub(super) fn add(&mut self, other: &Self) {
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

    /// Adds the bucket that ends at `bound`, with the number of values up to there. A boundary
    /// beyond the range of floats is not written, and very fine boundaries can be equal as floats:
    /// their values count at the next boundary that is written.
    fn push(&mut self, bound: f64, cumulative: u64) {
        if !bound.is_finite() {
            return;
        }
        match self.buckets.last_mut() {
            Some((last, known)) if *last >= bound => *known = cumulative,
            _ => self.buckets.push((bound, cumulative)),
        }
    }
}

/// Converts exponential buckets to classic buckets at the same boundaries.
///
/// The lower boundary of the first positive bucket is shown too, so that quantiles are not
/// interpolated from 0. Negative values that equal a boundary count one bucket too high, because
/// their buckets include the lower boundary.
impl From<&ExponentialDistribution> for ClassicHistogram {
    fn from(from: &ExponentialDistribution) -> Self {
        let exponent_step = f64::from(-from.scale).exp2();
        let boundary = |index: i64| (index as f64 * exponent_step).exp2();
        let mut histogram = Self { buckets: Vec::new(), count: from.count, sum: from.sum };
        let mut cumulative = 0;

        let has_negative = from.negative.counts.iter().any(|&count| count > 0);
        if has_negative {
            let negative: Vec<_> = indexed(&from.negative).collect();
            for (index, count) in negative.into_iter().rev() {
                cumulative += count;
                histogram.push(-boundary(index), cumulative);
            }
        }
        if has_negative || from.zero_count > 0 {
            cumulative += from.zero_count;
            histogram.push(from.zero_threshold, cumulative);
        }
        for (nth, (index, count)) in indexed(&from.positive).enumerate() {
            if nth == 0 {
                histogram.push(boundary(index), cumulative);
            }
            cumulative += count;
            histogram.push(boundary(index + 1), cumulative);
        }
        histogram
    }
}

/// The buckets of one sign with their indexes, in order.
fn indexed(buckets: &ExponentialBuckets) -> impl Iterator<Item = (i64, u64)> + '_ {
    (i64::from(buckets.offset)..).zip(buckets.counts.iter().copied())
}

impl Boundaries {
    /// Renders the boundaries, unless they are rendered already.
    pub(super) fn become_those(&mut self, boundaries: &Arc<[f64]>) {
        if self.boundaries.as_ref().is_some_and(|known| Arc::ptr_eq(known, boundaries)) {
            return;
        }
        self.text.clear();
        self.ends.clear();
        for &boundary in &**boundaries {
            write_boundary(&mut self.text, boundary);
            self.ends.push(self.text.len());
        }
        self.boundaries = Some(Arc::clone(boundaries));
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

    /// Whether values can be negative.
    pub(super) fn begin_below_0(&self) -> bool {
        let first = self.boundaries.as_ref().and_then(|boundaries| boundaries.first());
        first.is_some_and(|first| *first < 0.0)
    }
}

/// Writes the text between the labels of a bucket and its value.
pub(super) fn write_boundary(out: &mut String, bound: f64) {
    out.push_str("le=\"");
    write_f64(out, bound);
    out.push_str("\"} ");
}
