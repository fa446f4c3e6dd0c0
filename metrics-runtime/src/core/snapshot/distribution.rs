use std::sync::Arc;

use super::exponential::ExponentialDistribution;
use crate::core::storage::Value;

/// The distributions of the series of one histogram. Most histograms have one list of boundaries
/// for all series.
#[derive(Clone, Debug, Default)]
pub struct Distributions {
    /// The lists of boundaries, each once.
    lists: Vec<Arc<[f64]>>,
    series: Vec<Series>,
    /// The buckets of all series, one after the other: for each boundary the number of samples
    /// above the boundary before it and at or below it, and then the samples above the last one.
    buckets: Vec<u64>,
    /// The same samples in native buckets, for the series up to the last one that has them.
    native: Vec<Option<ExponentialDistribution>>,
    /// Whether the native buckets are for a push alone.
    is_pushed_alone: bool,
}

/// The distribution of the samples of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Distribution<'a> {
    pub(crate) count: u64,
    pub(crate) sum: Value,
    /// The least and the greatest sample, if they are known.
    pub(crate) extremes: Option<(Value, Value)>,
    /// The upper boundaries of the buckets, without infinity. The same pointer as in the last
    /// snapshot, unless the boundaries of the series have changed.
    pub(crate) boundaries: &'a Arc<[f64]>,
    /// The position of the boundaries among the [lists](Distributions::lists).
    pub(crate) list: usize,
    /// One bucket for each boundary, and the samples above the last boundary. They add up to the
    /// count.
    pub(crate) buckets: &'a [u64],
}

#[derive(Clone, Copy, Debug)]
struct Series {
    list: usize,
    /// The position of the first bucket.
    begin: usize,
    /// Absent without samples.
    point: Option<Point>,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    count: u64,
    sum: Value,
    extremes: Option<(Value, Value)>,
}

impl Distributions {
    /// Removes all series, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.lists.clear();
        self.series.clear();
        self.buckets.clear();
        self.native.clear();
        self.is_pushed_alone = false;
    }

    /// Adds the next series, without samples. Returns its buckets.
    pub(crate) fn push_empty(&mut self, boundaries: &Arc<[f64]>) -> &mut [u64] {
        let list = self.list(boundaries);
        let begin = self.buckets.len();
        self.series.push(Series { list, begin, point: None });
        self.buckets.resize(begin + boundaries.len() + 1, 0);
        &mut self.buckets[begin..]
    }

    /// The position of these boundaries among the lists.
    fn list(&mut self, boundaries: &Arc<[f64]>) -> usize {
        let same = |known: &Arc<[f64]>| Arc::ptr_eq(known, boundaries) || known == boundaries;
        self.lists.iter().position(same).unwrap_or_else(|| {
            self.lists.push(Arc::clone(boundaries));
            self.lists.len() - 1
        })
    }

    /// Sets the last series that was added.
    pub(crate) fn set_last(&mut self, count: u64, sum: Value, extremes: Option<(Value, Value)>) {
        if let Some(last) = self.series.last_mut() {
            last.point = Some(Point { count, sum, extremes });
        }
    }

    /// Adds the native buckets of the last series that was added.
    pub(crate) fn set_last_native(&mut self, native: ExponentialDistribution) {
        self.native.resize(self.series.len().saturating_sub(1), None);
        self.native.push(Some(native));
    }

    /// Leaves the native buckets to a push alone.
    pub(crate) fn push_native_alone(&mut self) {
        self.is_pushed_alone = true;
    }

    /// Whether series have native buckets beside those with boundaries.
    pub(crate) fn are_native(&self) -> bool {
        !self.native.is_empty()
    }

    /// The native buckets of the series at this position.
    pub(crate) fn native(&self, position: usize) -> Option<&ExponentialDistribution> {
        self.native.get(position)?.as_ref()
    }

    /// The native buckets that a scrape has of the series at this position.
    pub(crate) fn scraped_native(&self, position: usize) -> Option<&ExponentialDistribution> {
        self.native(position).filter(|_| !self.is_pushed_alone)
    }

    /// The lists of boundaries that the series have, each once.
    pub(crate) fn lists(&self) -> &[Arc<[f64]>] {
        &self.lists
    }

    pub(crate) fn len(&self) -> usize {
        self.series.len()
    }

    /// The distribution of the series at this position, if it has samples.
    pub(crate) fn get(&self, position: usize) -> Option<Distribution<'_>> {
        let Series { list, begin, point } = self.series[position];
        let Point { count, sum, extremes } = point?;
        let boundaries = &self.lists[list];
        let buckets = &self.buckets[begin..=begin + boundaries.len()];
        Some(Distribution { count, sum, extremes, boundaries, list, buckets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_have_one_of_several_lists_of_boundaries() {
        let [few, many]: [Arc<[f64]>; 2] = [[1.0].into(), [1.0, 2.0, 3.0].into()];
        let mut distributions = Distributions::default();
        for _ in 0..2 {
            distributions.clear();
            distributions.push_empty(&few).copy_from_slice(&[1, 0]);
            distributions.set_last(1, Value::F64(0.5), None);
            distributions.push_empty(&many).copy_from_slice(&[0, 1, 0, 2]);
            distributions.set_last(3, Value::F64(22.0), None);
            distributions.push_empty(&few);
            assert_eq!(distributions.lists(), [Arc::clone(&few), Arc::clone(&many)]);
            let read = |position| {
                let found = distributions.get(position)?;
                assert!(Arc::ptr_eq(found.boundaries, &distributions.lists()[found.list]));
                Some((found.list, found.count, found.buckets.to_vec()))
            };
            assert_eq!(read(0), Some((0, 1, vec![1, 0])));
            assert_eq!(read(1), Some((1, 3, vec![0, 1, 0, 2])));
            assert_eq!(read(2), None);
        }
    }
}
