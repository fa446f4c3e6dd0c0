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
    values: Option<Arc<[f64]>>,
    text: String,
    ends: Vec<usize>,
}

impl Default for ClassicHistogram {
    fn default() -> Self {
        Self { buckets: Vec::new(), count: 0, sum: Value::U64(0) }
    }
}

impl ClassicHistogram {
    /// Becomes the histogram of the series at this position, and keeps its memory. Returns `false`
    /// if the series has no samples, or if the metric is not a histogram.
    pub(super) fn read(&mut self, values: &Values, position: usize) -> bool {
        self.buckets.clear();
        match values {
            Values::Numbers(_) => return false,
            Values::Distributions(distributions) => {
                let Some(distribution) = distributions.get(position) else { return false };
                let mut cumulative = 0;
                let boundaries = distribution.boundaries.iter();
                self.buckets.extend(boundaries.zip(distribution.buckets).map(
                    |(boundary, count)| {
                        cumulative += count;
                        (*boundary, cumulative)
                    },
                ));
                (self.count, self.sum) = (distribution.count, distribution.sum);
            }
            Values::Exponential(distributions) => {
                let Some(distribution) = &distributions[position] else { return false };
                self.read_exponential(distribution);
            }
        }
        true
    }

    /// Converts exponential buckets to classic buckets at the same boundaries.
    ///
    /// The lower boundary of the first positive bucket is shown too, so that quantiles are not
    /// interpolated from 0. Negative values that equal a boundary count one bucket too high,
    /// because their buckets include the lower boundary.
    fn read_exponential(&mut self, from: &ExponentialDistribution) {
        let exponent_step = f64::from(-from.scale).exp2();
        let boundary = |index: i64| (index as f64 * exponent_step).exp2();
        (self.count, self.sum) = (from.count, from.sum);
        let mut cumulative = 0;

        let has_negative = from.negative.counts.iter().any(|&count| count > 0);
        if has_negative {
            for (index, count) in indexed(&from.negative).rev() {
                cumulative += count;
                self.push(-boundary(index), cumulative);
            }
        }
        if has_negative || from.zero_count > 0 {
            cumulative += from.zero_count;
            self.push(from.zero_threshold, cumulative);
        }
        for (nth, (index, count)) in indexed(&from.positive).enumerate() {
            if nth == 0 {
                self.push(boundary(index), cumulative);
            }
            cumulative += count;
            self.push(boundary(index + 1), cumulative);
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

/// The buckets of one sign with their indexes, in order.
fn indexed(
    buckets: &ExponentialBuckets,
) -> impl DoubleEndedIterator<Item = (i64, u64)> + ExactSizeIterator + '_ {
    let counts = buckets.counts.iter().copied().enumerate();
    let offset = i64::from(buckets.offset);
    counts.map(move |(nth, count)| (offset + i64::try_from(nth).unwrap_or(i64::MAX), count))
}

impl Boundaries {
    /// Renders the boundaries, unless they are rendered already.
    pub(super) fn become_those(&mut self, boundaries: &Arc<[f64]>) {
        if self.values.as_ref().is_some_and(|known| Arc::ptr_eq(known, boundaries)) {
            return;
        }
        self.text.clear();
        self.ends.clear();
        for &boundary in &**boundaries {
            write_boundary(&mut self.text, boundary);
            self.ends.push(self.text.len());
        }
        self.values = Some(Arc::clone(boundaries));
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
        let first = self.values.as_ref().and_then(|boundaries| boundaries.first());
        first.is_some_and(|first| *first < 0.0)
    }
}

/// Writes the text between the labels of a bucket and its value.
pub(super) fn write_boundary(out: &mut String, bound: f64) {
    out.push_str("le=\"");
    write_f64(out, bound);
    out.push_str("\"} ");
}
