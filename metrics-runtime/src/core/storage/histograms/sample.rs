use crate::core::storage::number::Number;

/// A number that a histogram takes: `f64` or `u64`.
#[doc(hidden)]
pub trait Sample: Number {
    /// No sample is greater.
    const GREATEST: Self;
    /// No sample is less.
    const LEAST: Self;
    /// The difference to a value that is not greater.
    #[must_use]
    fn minus(self, other: Self) -> Self;
    /// The least value of this type above a boundary.
    fn least_above(boundary: f64) -> f64;
    /// The greatest value of this type up to a boundary.
    fn greatest_to(boundary: f64) -> f64;
}

impl Sample for f64 {
    const GREATEST: Self = Self::INFINITY;
    const LEAST: Self = Self::NEG_INFINITY;

    fn minus(self, other: Self) -> Self {
        self - other
    }

    fn least_above(boundary: f64) -> f64 {
        boundary.next_up()
    }

    fn greatest_to(boundary: f64) -> f64 {
        boundary
    }
}

impl Sample for u64 {
    const GREATEST: Self = Self::MAX;
    const LEAST: Self = Self::MIN;

    fn minus(self, other: Self) -> Self {
        self.saturating_sub(other)
    }

    fn least_above(boundary: f64) -> f64 {
        boundary.floor() + 1.0
    }

    fn greatest_to(boundary: f64) -> f64 {
        boundary.floor()
    }
}
