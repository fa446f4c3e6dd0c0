//! Whole numbers among values.

/// The greatest magnitude up to which `f64` holds every whole number.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

/// Whether the value is a whole number that `f64` and `i64` hold alike. Negative zero is not: it
/// would become zero.
pub(crate) fn is_whole(value: f64) -> bool {
    value.abs() <= MAX_WHOLE && to_float(to_integer(value)).to_bits() == value.to_bits()
}

#[expect(clippy::cast_possible_truncation, reason = "used for whole numbers that fit")]
pub(crate) fn to_integer(value: f64) -> i64 {
    value as i64
}

#[expect(clippy::cast_precision_loss, reason = "used for whole numbers that fit")]
pub(crate) fn to_float(value: i64) -> f64 {
    value as f64
}
