use std::fmt::Debug;

use super::{cells::Arithmetic, value::Value};
use crate::core::descriptor::ValueType;

/// The type of a metric's values: `u64`, `i64` or `f64`. A value is stored as 64 bits of an atomic.
///
/// [`CounterValue`](crate::instruments::CounterValue) and its siblings say which types each
/// instrument can have.
pub trait Number: sealed::Sealed + Copy + Debug + PartialOrd + Send + Sync + 'static {
    #[doc(hidden)]
    const TYPE: ValueType;
    #[doc(hidden)]
    const ARITHMETIC: Arithmetic;
    #[doc(hidden)]
    const ZERO: Self;
    #[doc(hidden)]
    const ONE: Self;
    #[doc(hidden)]
    fn to_bits(self) -> u64;
    #[doc(hidden)]
    fn from_bits(bits: u64) -> Self;
    #[doc(hidden)]
    #[must_use]
    fn plus(self, other: Self) -> Self;
    #[doc(hidden)]
    fn to_f64(self) -> f64;
    /// The nearest value of this type.
    #[doc(hidden)]
    fn from_f64(value: f64) -> Self;
    #[doc(hidden)]
    fn to_value(self) -> Value;
    /// The sum, unless it is infinite or out of the range of the integer type.
    #[doc(hidden)]
    fn checked_plus(self, other: Self) -> Option<Self>;
    /// The sum, or the last number before it would be infinite or out of the range of the integer
    /// type.
    #[doc(hidden)]
    #[must_use]
    fn saturating_plus(self, other: Self) -> Self;

    /// Whether the value is neither NaN nor infinite: no sum recovers from either.
    #[doc(hidden)]
    fn is_finite(self) -> bool {
        self.to_f64().is_finite()
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for u64 {}
    impl Sealed for i64 {}
    impl Sealed for f64 {}
}

macro_rules! integer {
    ($integer:ty, $value_type:ident, $arithmetic:ident) => {
        impl Number for $integer {
            const TYPE: ValueType = ValueType::$value_type;
            const ARITHMETIC: Arithmetic = Arithmetic::$arithmetic;
            const ZERO: Self = 0;
            const ONE: Self = 1;

            #[inline]
            fn to_bits(self) -> u64 {
                u64::from_ne_bytes(self.to_ne_bytes())
            }

            #[inline]
            fn from_bits(bits: u64) -> Self {
                Self::from_ne_bytes(bits.to_ne_bytes())
            }

            #[inline]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline]
            fn to_f64(self) -> f64 {
                self as f64
            }

            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the cast saturates, which is the nearest value"
            )]
            #[inline]
            fn from_f64(value: f64) -> Self {
                value.round() as Self
            }

            fn to_value(self) -> Value {
                Value::$value_type(self)
            }

            #[inline]
            fn checked_plus(self, other: Self) -> Option<Self> {
                self.checked_add(other)
            }

            fn saturating_plus(self, other: Self) -> Self {
                self.saturating_add(other)
            }
        }
    };
}
integer!(u64, U64, Unsigned);
integer!(i64, I64, Signed);

impl Number for f64 {
    const TYPE: ValueType = ValueType::F64;
    const ARITHMETIC: Arithmetic = Arithmetic::Float;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    #[inline]
    fn to_bits(self) -> u64 {
        self.to_bits()
    }

    #[inline]
    fn from_bits(bits: u64) -> Self {
        Self::from_bits(bits)
    }

    #[inline]
    fn plus(self, other: Self) -> Self {
        self + other
    }

    #[inline]
    fn to_f64(self) -> f64 {
        self
    }

    #[inline]
    fn from_f64(value: f64) -> Self {
        value
    }

    fn to_value(self) -> Value {
        Value::F64(self)
    }

    #[inline]
    fn checked_plus(self, other: Self) -> Option<Self> {
        // Fewer instructions than `is_finite`.
        Some(self + other).filter(|sum| (Self::MIN..=Self::MAX).contains(sum))
    }

    fn saturating_plus(self, other: Self) -> Self {
        (self + other).clamp(f64::MIN, f64::MAX)
    }
}
