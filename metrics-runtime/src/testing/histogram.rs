use super::CapturedValue;
use crate::core::snapshot::Distribution;

/// The captured values of a histogram, summed up over all series with the requested labels.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CapturedHistogram {
    /// The number of recorded values.
    pub count: u64,
    /// The sum of the values, in the metric's unit.
    pub sum: CapturedValue,
    /// The least value, if there are values.
    pub min: Option<CapturedValue>,
    /// The greatest value, if there are values.
    pub max: Option<CapturedValue>,
    /// For each bucket the declared upper boundary, and the number of values in this bucket alone,
    /// not in the buckets below. The last boundary is infinite.
    pub buckets: Vec<(f64, u64)>,
}

impl CapturedHistogram {
    /// A histogram without values.
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

    pub(super) fn add(&mut self, distribution: Distribution<'_>) {
        let Distribution { count, sum, extremes, buckets } = distribution;
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
