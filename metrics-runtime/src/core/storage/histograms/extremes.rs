use super::sample::Sample;

/// The least and the greatest of some samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extremes<V> {
    pub(crate) min: V,
    pub(crate) max: V,
}

impl<V: Sample> Extremes<V> {
    /// The extremes with one more sample.
    pub(super) fn with(this: Option<Self>, value: V) -> Self {
        Self::merged(this, Self { min: value, max: value })
    }

    /// The extremes of the samples of both.
    pub(super) fn merged(this: Option<Self>, other: Self) -> Self {
        let Some(Self { min, max }) = this else { return other };
        Self {
            min: if other.min < min { other.min } else { min },
            max: if other.max > max { other.max } else { max },
        }
    }
}
