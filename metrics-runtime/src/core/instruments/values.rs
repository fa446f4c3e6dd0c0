//! The value types of each instrument.

use super::{
    instrument_list::InstrumentList,
    instrument_series::{
        HistogramInstrument, InstrumentSeries, LastValueInstrument, SumInstrument,
    },
    registered::RegisteredSample,
};
use crate::core::storage::{HistogramFamily, LastValueFamily, Number, SumFamily};

/// The value types of a [`Counter`](crate::Counter) and an
/// [`ObservableCounter`](crate::ObservableCounter): `u64` and `f64`.
#[diagnostic::on_unimplemented(
    message = "counters have `u64` or `f64` values, not `{Self}`",
    label = "neither `u64` nor `f64`",
    note = "a counter only grows; what goes down too is an `UpDownCounter`, of `i64` or `f64`"
)]
pub trait CounterValue: Number {
    /// The series of the next metric of a set. Compiled in this crate, where the type is known, and
    /// not again in the user's crate.
    #[doc(hidden)]
    fn series(of_set: &mut InstrumentList) -> SumInstrument<Self>;
}

/// The value types of an [`UpDownCounter`](crate::UpDownCounter) and an
/// [`ObservableUpDownCounter`](crate::ObservableUpDownCounter): `i64` and `f64`.
#[diagnostic::on_unimplemented(
    message = "up-down counters have `i64` or `f64` values, not `{Self}`",
    label = "neither `i64` nor `f64`"
)]
pub trait UpDownCounterValue: Number {
    #[doc(hidden)]
    const MINUS_ONE: Self;
    /// The series of the next metric of a set. Compiled in this crate, where the type is known, and
    /// not again in the user's crate.
    #[doc(hidden)]
    fn series(of_set: &mut InstrumentList) -> SumInstrument<Self>;
}

/// The value types of a [`Gauge`](crate::Gauge) and an [`ObservableGauge`](crate::ObservableGauge):
/// `f64`, `i64` and `u64`.
#[diagnostic::on_unimplemented(
    message = "gauges have `f64`, `i64` or `u64` values, not `{Self}`",
    label = "neither `f64` nor `i64` nor `u64`"
)]
pub trait GaugeValue: Number {
    /// The series of the next metric of a set. Compiled in this crate, where the type is known, and
    /// not again in the user's crate.
    #[doc(hidden)]
    fn series(of_set: &mut InstrumentList) -> LastValueInstrument<Self>;
}

/// The value types of a [`Histogram`](crate::Histogram): `f64` and `u64`.
#[diagnostic::on_unimplemented(
    message = "histograms have `f64` or `u64` values, not `{Self}`",
    label = "neither `f64` nor `u64`"
)]
pub trait HistogramValue: RegisteredSample {
    /// The series of the next metric of a set. Compiled in this crate, where the type is known, and
    /// not again in the user's crate.
    #[doc(hidden)]
    fn series(of_set: &mut InstrumentList) -> HistogramInstrument<Self>;
}

macro_rules! families {
    ($(
        $value:ident for $number:ty: $family:ident, $series:ident
        $(, MINUS_ONE = $minus_one:expr)?;
    )*) => {$(
        // The message of the trait names the types.
        #[diagnostic::do_not_recommend]
        impl $value for $number {
            $(const MINUS_ONE: Self = $minus_one;)?

            fn series(of_set: &mut InstrumentList) -> $series<Self> {
                let family = of_set.next($family::leak);
                InstrumentSeries::new(family, of_set.scope())
            }
        }
    )*};
}

families! {
    CounterValue for u64: SumFamily, SumInstrument;
    CounterValue for f64: SumFamily, SumInstrument;
    UpDownCounterValue for i64: SumFamily, SumInstrument, MINUS_ONE = -1;
    UpDownCounterValue for f64: SumFamily, SumInstrument, MINUS_ONE = -1.0;
    GaugeValue for u64: LastValueFamily, LastValueInstrument;
    GaugeValue for i64: LastValueFamily, LastValueInstrument;
    GaugeValue for f64: LastValueFamily, LastValueInstrument;
    HistogramValue for u64: HistogramFamily, HistogramInstrument;
    HistogramValue for f64: HistogramFamily, HistogramInstrument;
}
