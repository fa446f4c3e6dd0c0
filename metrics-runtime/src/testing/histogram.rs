use super::CapturedValue;
use crate::core::storage::Summary;

/// What was recorded in a histogram, of all series that were asked for together.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CapturedHistogram {
    /// How many values were recorded.
    pub count: u64,
    /// Their sum.
    pub sum: CapturedValue,
    /// The least of them, if there are any.
    pub min: Option<CapturedValue>,
    /// The greatest of them, if there are any.
    pub max: Option<CapturedValue>,
    /// For each bucket its upper boundary, as it was declared, and how many values are in it and not in
    /// the one before. The last boundary is infinite.
    pub buckets: Vec<(f64, u64)>,
}

impl CapturedHistogram {
    /// One in which nothing was recorded.
    pub(super) fn empty(boundaries: &[f64]) -> Self {
        let boundaries = boundaries.iter().copied().chain([f64::INFINITY]);
        Self {
            count: 0,
            sum: CapturedValue::ZERO,
            min: None,
            max: None,
            buckets: boundaries.map(|boundary| (boundary, 0)).collect(),
        }
    }

    pub(super) fn add(&mut self, Summary { count, sum, extremes, buckets }: Summary) {
        self.count += count;
        self.sum = self.sum.plus(sum.into());
        if let Some((min, max)) = extremes {
            let (min, max) = (min.into(), max.into());
            self.min = Some(self.min.map_or(min, |known| known.least(min)));
            self.max = Some(self.max.map_or(max, |known| known.greatest(max)));
        }
        for ((_, known), count) in self.buckets.iter_mut().zip(buckets) {
            *known += count;
        }
    }
}
