use std::{cmp::Ordering, fmt};

use crate::core::storage::Value;

/// The captured value of a metric. It compares with `i32`, `i64`, `u32`, `u64`, `usize` and `f64`.
///
/// ```
/// # use osapi_metrics::{JobMetrics, testing};
/// # let captured = testing::capture(|| JobMetrics::global().created("image.resize").inc());
/// let created = captured.counter("osapi_jobs_created_total", &[]);
/// assert_eq!(created, 1);
/// assert_eq!(created, 1.0);
/// assert!(created < 2_u64);
/// assert_eq!(created.to_string(), "1");
/// ```
#[derive(Clone, Copy)]
pub struct CapturedValue(Number);

#[derive(Clone, Copy)]
enum Number {
    /// A sum of integers. No sum of series is out of the range of `i128`.
    Integer(i128),
    Float(f64),
}

impl CapturedValue {
    pub(super) const ZERO: Self = Self(Number::Integer(0));

    /// The value as a float, rounded if it is an integer beyond 2^53.
    pub fn as_f64(self) -> f64 {
        match self.0 {
            Number::Integer(integer) => integer as f64,
            Number::Float(float) => float,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(match (self.0, other.0) {
            (Number::Integer(a), Number::Integer(b)) => Number::Integer(a + b),
            _ => Number::Float(self.as_f64() + other.as_f64()),
        })
    }

    pub(super) fn least(self, other: Self) -> Self {
        if other < self { other } else { self }
    }

    pub(super) fn greatest(self, other: Self) -> Self {
        if other > self { other } else { self }
    }
}

impl From<Value> for CapturedValue {
    fn from(value: Value) -> Self {
        match value {
            Value::U64(value) => value.into(),
            Value::I64(value) => value.into(),
            Value::F64(value) => value.into(),
        }
    }
}

impl PartialEq for CapturedValue {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for CapturedValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.0, other.0) {
            (Number::Integer(a), Number::Integer(b)) => Some(a.cmp(&b)),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}

macro_rules! numbers {
    ($($number:ty => $variant:ident($value:pat => $converted:expr);)*) => {$(
        impl From<$number> for CapturedValue {
            fn from($value: $number) -> Self {
                Self(Number::$variant($converted))
            }
        }

        impl PartialEq<$number> for CapturedValue {
            fn eq(&self, other: &$number) -> bool {
                *self == Self::from(*other)
            }
        }

        impl PartialEq<CapturedValue> for $number {
            fn eq(&self, other: &CapturedValue) -> bool {
                other == self
            }
        }

        impl PartialOrd<$number> for CapturedValue {
            fn partial_cmp(&self, other: &$number) -> Option<Ordering> {
                self.partial_cmp(&Self::from(*other))
            }
        }

        impl PartialOrd<CapturedValue> for $number {
            fn partial_cmp(&self, other: &CapturedValue) -> Option<Ordering> {
                CapturedValue::from(*self).partial_cmp(other)
            }
        }
    )*};
}
numbers! {
    i32 => Integer(value => value.into());
    i64 => Integer(value => value.into());
    u32 => Integer(value => value.into());
    u64 => Integer(value => value.into());
    usize => Integer(value => value as i128);
    f64 => Float(value => value);
}

impl fmt::Display for CapturedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Number::Integer(integer) => integer.fmt(f),
            Number::Float(float) => float.fmt(f),
        }
    }
}

impl fmt::Debug for CapturedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_floats_compare_by_what_they_are() {
        let (one, half) = (CapturedValue::from(1_u64), CapturedValue::from(0.5));
        assert_eq!(one, 1);
        assert_eq!(one, 1.0);
        assert_eq!(one, 1_usize);
        assert_eq!(1_i64, one);
        assert_eq!(half, 0.5);
        assert_ne!(half, 0);
        assert!(half < 1 && 0 < half && half < one);
        assert_ne!(CapturedValue::from(u64::MAX), u64::MAX - 1);
        assert!(CapturedValue::from(-1) < 0_u64);
        assert_eq!(one.plus(half), 1.5);
        assert!(CapturedValue::from(u64::MAX).plus(one) > u64::MAX);
    }

    #[test]
    fn a_value_shows_as_its_number() {
        let shown = |value: CapturedValue| (value.to_string(), format!("{value:?}"));
        assert_eq!(shown(7.into()), ("7".to_owned(), "7".to_owned()));
        assert_eq!(shown(0.25.into()), ("0.25".to_owned(), "0.25".to_owned()));
    }
}
