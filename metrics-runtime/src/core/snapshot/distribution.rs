use std::sync::Arc;

use crate::core::storage::Value;

/// The distributions of the series of one histogram, which share their boundaries.
#[derive(Clone, Debug)]
pub struct Distributions {
    boundaries: Arc<[f64]>,
    points: Vec<Option<Point>>,
    /// The buckets of all points, one after the other: for each boundary the number of samples
    /// above the boundary before it and at or below it, and then the samples above the last one.
    buckets: Vec<u64>,
}

/// The distribution of the samples of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Distribution<'a> {
    pub(crate) count: u64,
    pub(crate) sum: Value,
    /// The least and the greatest sample, if they are known.
    pub(crate) extremes: Option<(Value, Value)>,
    /// One bucket for each boundary, and the samples above the last boundary. They add up to the
    /// count.
    pub(crate) buckets: &'a [u64],
}

#[derive(Clone, Copy, Debug)]
struct Point {
    count: u64,
    sum: Value,
    extremes: Option<(Value, Value)>,
}

impl Default for Distributions {
    fn default() -> Self {
        Self { boundaries: Arc::new([]), points: Vec::new(), buckets: Vec::new() }
    }
}

impl Distributions {
    /// Removes all points, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.points.clear();
        self.buckets.clear();
    }

    /// Adds the next series, without samples. Returns its buckets. All series have the boundaries of
    /// the first one.
    pub(crate) fn push_empty(&mut self, boundaries: &[f64]) -> &mut [u64] {
        if self.points.is_empty() && *self.boundaries != *boundaries {
            self.boundaries = boundaries.into();
        }
        self.points.push(None);
        let begin = self.buckets.len();
        self.buckets.resize(begin + self.boundaries.len() + 1, 0);
        &mut self.buckets[begin..]
    }

    /// Sets the last series that was added.
    pub(crate) fn set_last(&mut self, count: u64, sum: Value, extremes: Option<(Value, Value)>) {
        if let Some(last) = self.points.last_mut() {
            *last = Some(Point { count, sum, extremes });
        }
    }

    /// The upper boundaries of the buckets, without infinity. The same pointer as in the last
    /// snapshot, unless the boundaries have changed.
    pub(crate) fn boundaries(&self) -> &Arc<[f64]> {
        &self.boundaries
    }

    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }

    /// The distribution of the series at this position, if it has samples.
    pub(crate) fn get(&self, position: usize) -> Option<Distribution<'_>> {
        let Point { count, sum, extremes } = self.points[position]?;
        let len = self.boundaries.len() + 1;
        let buckets = &self.buckets[position * len..][..len];
        Some(Distribution { count, sum, extremes, buckets })
    }
}
