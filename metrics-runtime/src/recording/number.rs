use std::{
    fmt::Debug,
    marker::PhantomData,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use super::Value;
use crate::descriptor::ValueType;

/// A type that metrics can have values of, as 64 bits of an atomic.
pub trait Number: sealed::Sealed + Copy + Debug + PartialOrd + Send + Sync + 'static {
    #[doc(hidden)]
    const TYPE: ValueType;
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
    #[doc(hidden)]
    fn to_value(self) -> Value;
    /// Adds to a cell whose bits are a number of this type, unless the sum were infinite; tells
    /// whether it has.
    #[doc(hidden)]
    fn add_to(self, bits: &AtomicU64) -> bool;

    /// Neither NaN nor infinite, which no sum would recover from.
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
    ($integer:ty, $value_type:ident) => {
        impl Number for $integer {
            const TYPE: ValueType = ValueType::$value_type;
            const ZERO: Self = 0;
            const ONE: Self = 1;

            fn to_bits(self) -> u64 {
                u64::from_ne_bytes(self.to_ne_bytes())
            }

            fn from_bits(bits: u64) -> Self {
                Self::from_ne_bytes(bits.to_ne_bytes())
            }

            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            fn to_f64(self) -> f64 {
                self as f64
            }

            fn to_value(self) -> Value {
                Value::$value_type(self)
            }

            // Two's complement makes wrapping addition of the bits that of the numbers.
            fn add_to(self, bits: &AtomicU64) -> bool {
                bits.fetch_add(self.to_bits(), Ordering::Relaxed);
                true
            }
        }
    };
}
integer!(u64, U64);
integer!(i64, I64);

impl Number for f64 {
    const TYPE: ValueType = ValueType::F64;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    fn to_bits(self) -> u64 {
        self.to_bits()
    }

    fn from_bits(bits: u64) -> Self {
        Self::from_bits(bits)
    }

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn to_f64(self) -> f64 {
        self
    }

    fn to_value(self) -> Value {
        Value::F64(self)
    }

    fn add_to(self, bits: &AtomicU64) -> bool {
        let add = |old| {
            let sum = Self::from_bits(old) + self;
            sum.is_finite().then_some(sum.to_bits())
        };
        bits.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).is_ok()
    }
}

/// The sum of one series.
#[derive(Debug)]
pub(crate) struct Cell<V> {
    bits: AtomicU64,
    value: PhantomData<fn(V)>,
}

impl<V: Number> Default for Cell<V> {
    fn default() -> Self {
        Self { bits: AtomicU64::new(V::ZERO.to_bits()), value: PhantomData }
    }
}

impl<V: Number> Cell<V> {
    /// Adds, unless the sum were infinite; tells whether it has.
    pub(crate) fn add(&self, value: V) -> bool {
        value.add_to(&self.bits)
    }

    pub(crate) fn get(&self) -> V {
        V::from_bits(self.bits.load(Ordering::Relaxed))
    }
}

/// The last value of one series, absent until it is first set.
#[derive(Debug)]
pub(crate) struct GaugeCell<V> {
    value: Cell<V>,
    present: AtomicBool,
}

impl<V: Number> Default for GaugeCell<V> {
    fn default() -> Self {
        Self { value: Cell::default(), present: AtomicBool::new(false) }
    }
}

impl<V: Number> GaugeCell<V> {
    pub(crate) fn set(&self, value: V) {
        self.value.bits.store(value.to_bits(), Ordering::Relaxed);
        self.present.store(true, Ordering::Release);
    }

    pub(crate) fn clear(&self) {
        self.present.store(false, Ordering::Release);
    }

    pub(crate) fn get(&self) -> Option<V> {
        self.present.load(Ordering::Acquire).then(|| self.value.get())
    }
}
