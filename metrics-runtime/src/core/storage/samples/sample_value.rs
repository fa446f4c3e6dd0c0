use crate::core::storage::number::Number;

/// The type of a histogram's samples: `f64` or `u64`.
#[doc(hidden)]
pub trait SampleValue: Number {
    /// The nearest value of this type.
    fn from_f64(value: f64) -> Self;
    /// Splits a sum into `count` equal parts, the remainder spread over the first ones.
    fn parts(sum: Self, count: u64) -> impl Iterator<Item = Self>;
    #[must_use]
    fn minus(self, other: Self) -> Self;
    /// The value, or the nearest one above `above` and not above `to`: rounding must not carry a
    /// mean out of its bucket.
    #[must_use]
    fn within(self, above: Option<f64>, to: Option<f64>) -> Self;
}

impl SampleValue for f64 {
    fn from_f64(value: f64) -> Self {
        value
    }

    fn parts(sum: Self, count: u64) -> impl Iterator<Item = Self> {
        (0..count).map(move |_| sum / count as f64)
    }

    fn minus(self, other: Self) -> Self {
        self - other
    }

    fn within(self, above: Option<f64>, to: Option<f64>) -> Self {
        let low = above.map_or(self, |above| self.max(above.next_up()));
        to.map_or(low, |to| low.min(to))
    }
}

impl SampleValue for u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates, which is the nearest value"
    )]
    fn from_f64(value: f64) -> Self {
        value.round() as Self
    }

    fn parts(sum: Self, count: u64) -> impl Iterator<Item = Self> {
        (0..count).map(move |i| sum / count + Self::from(i < sum % count))
    }

    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    /// The parts of a sum of whole numbers are between the least and the greatest of them.
    fn within(self, _: Option<f64>, _: Option<f64>) -> Self {
        self
    }
}
