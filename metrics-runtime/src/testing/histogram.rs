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
    /// For each bucket its upper boundary, and the number of values in this bucket alone, not in
    /// the buckets below. The last boundary is infinite. The boundaries are those of the series;
    /// those that all have in common, if handlers with `buckets` recorded in some of them; the
    /// declared ones without a value.
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
        let Distribution { count, sum, extremes, boundaries, buckets, .. } = distribution;
        let upper = boundaries.iter().copied().chain([f64::INFINITY]);
        let added: Vec<_> = upper.zip(buckets.iter().copied()).collect();
        self.buckets = if self.count == 0 { added } else { common(&self.buckets, &added) };
        self.count += count;
        self.sum = self.sum.plus(sum.into());
        if let Some((min, max)) = extremes {
            let (min, max) = (min.into(), max.into());
            self.min = Some(self.min.map_or(min, |known| known.least(min)));
            self.max = Some(self.max.map_or(max, |known| known.greatest(max)));
        }
    }
}

/// The sum of two histograms: the buckets between the boundaries that both have.
fn common(a: &[(f64, u64)], b: &[(f64, u64)]) -> Vec<(f64, u64)> {
    let has =
        |of: &[(f64, u64)], upper: f64| of.iter().any(|(known, _)| known.total_cmp(&upper).is_eq());
    let shared = a.iter().map(|(upper, _)| *upper).filter(|upper| has(b, *upper));
    let mut lower = f64::NEG_INFINITY;
    let buckets = shared.map(|upper| {
        let within = |(end, _): &&(f64, u64)| lower < *end && *end <= upper;
        let count = a.iter().chain(b).filter(within).map(|(_, count)| count).sum();
        lower = upper;
        (upper, count)
    });
    buckets.collect()
}
