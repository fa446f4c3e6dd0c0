use super::{distribution::Distributions, exponential::ExponentialDistribution};
use crate::core::storage::Value;

/// The values of a metric, in the order of its series. A series without a value is left out of
/// exports.
#[derive(Clone, Debug)]
pub enum Values {
    /// Of counters, up-down counters and gauges.
    Numbers(Vec<Option<Value>>),
    /// Of histograms with boundaries, which may have native buckets too.
    Distributions(Distributions),
    /// Of histograms whose buckets follow a power of two: only of other libraries.
    Exponential(Vec<Option<ExponentialDistribution>>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Numbers(Vec::new())
    }
}

impl Values {
    /// The empty list of numbers, which keeps its memory.
    pub(crate) fn clear_numbers(&mut self) -> &mut Vec<Option<Value>> {
        if !matches!(self, Self::Numbers(_)) {
            *self = Self::Numbers(Vec::new());
        }
        let Self::Numbers(numbers) = self else { unreachable!("set above") };
        numbers.clear();
        numbers
    }

    /// The list of distributions without an entry, which keeps its memory.
    pub(crate) fn clear_distributions(&mut self) -> &mut Distributions {
        if !matches!(self, Self::Distributions(_)) {
            *self = Self::Distributions(Distributions::default());
        }
        let Self::Distributions(distributions) = self else { unreachable!("set above") };
        distributions.clear();
        distributions
    }

    /// The number of series.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Distributions(distributions) => distributions.len(),
            Self::Exponential(distributions) => distributions.len(),
        }
    }

    /// The exponential buckets that a scrape has of the series at this position.
    pub(crate) fn scraped_exponential(&self, position: usize) -> Option<&ExponentialDistribution> {
        match self {
            Self::Numbers(_) => None,
            Self::Distributions(distributions) => distributions.scraped_native(position),
            Self::Exponential(distributions) => distributions[position].as_ref(),
        }
    }

    /// Whether the series at this position has a value.
    pub(crate) fn has(&self, position: usize) -> bool {
        match self {
            Self::Numbers(numbers) => numbers[position].is_some(),
            Self::Distributions(distributions) => distributions.get(position).is_some(),
            Self::Exponential(distributions) => distributions[position].is_some(),
        }
    }
}
