use super::{
    counter::CounterSeries,
    gauge::GaugeSeries,
    histogram::HistogramSeries,
    up_down_counter::UpDownCounterSeries,
    values::{CounterValue, GaugeValue, HistogramValue, UpDownCounterValue},
};

/// Handles that a [`SeriesCache`](super::SeriesCache) can keep: the series of a counter, an up-down
/// counter, a gauge or a histogram, or a tuple of up to six of them.
pub trait CachedSeries: sealed::Sealed + Copy + 'static {
    /// Whether no series has ended.
    #[doc(hidden)]
    fn is_current(&self) -> bool;

    /// Whether the handles stand for later look-ups with the same labels, until a series ends.
    #[doc(hidden)]
    fn can_be_kept(&self) -> bool;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! handles {
    ($($series:ident: $value:ident;)*) => {$(
        impl<V: $value> sealed::Sealed for $series<V> {}

        impl<V: $value> CachedSeries for $series<V> {
            #[inline]
            fn is_current(&self) -> bool {
                self.slot.is_current()
            }

            fn can_be_kept(&self) -> bool {
                $series::can_be_kept(self)
            }
        }
    )*};
}
handles! {
    CounterSeries: CounterValue;
    UpDownCounterSeries: UpDownCounterValue;
    GaugeSeries: GaugeValue;
    HistogramSeries: HistogramValue;
}

macro_rules! tuples {
    ($(($($series:ident),+))*) => {$(
        impl<$($series: CachedSeries),+> sealed::Sealed for ($($series,)+) {}

        impl<$($series: CachedSeries),+> CachedSeries for ($($series,)+) {
            #[inline]
            #[expect(non_snake_case, reason = "each variable has the name of its type")]
            fn is_current(&self) -> bool {
                let ($($series,)+) = self;
                $($series.is_current())&&+
            }

            #[expect(non_snake_case, reason = "each variable has the name of its type")]
            fn can_be_kept(&self) -> bool {
                let ($($series,)+) = self;
                $($series.can_be_kept())&&+
            }
        }
    )*};
}
tuples! { (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) }
