use crate::core::{
    descriptor::LabelSet,
    instruments::{
        Counter, CounterSeries, CounterValue, Gauge, GaugeSeries, GaugeValue, Histogram,
        HistogramSeries, HistogramValue, ObservableGauge, ObservableSeries, UpDownCounter,
        UpDownCounterSeries, UpDownCounterValue,
    },
};

/// An instrument that can record job events. The type may have invalid labels, which the compiler
/// reports elsewhere.
pub trait JobInstrument {
    /// The labels of the instrument.
    type Labels;

    /// One series of the instrument.
    type Series: Copy + Send + Sync + 'static;
}

/// A job instrument with valid labels.
pub(super) trait FindSeries: JobInstrument {
    /// The series with these labels, also if recording is off.
    fn find_series(&self, labels: &Self::Labels) -> Self::Series;
}

macro_rules! job_instruments {
    ($($instrument:ident<$values:ident>: $series:ident;)*) => {$(
        impl<L, V: $values> JobInstrument for $instrument<L, V> {
            type Labels = L;
            type Series = $series<V>;
        }

        impl<L: LabelSet, V: $values> FindSeries for $instrument<L, V> {
            #[inline]
            fn find_series(&self, labels: &L) -> $series<V> {
                self.with_always(labels)
            }
        }
    )*};
}
job_instruments! {
    Counter<CounterValue>: CounterSeries;
    UpDownCounter<UpDownCounterValue>: UpDownCounterSeries;
    Gauge<GaugeValue>: GaugeSeries;
    Histogram<HistogramValue>: HistogramSeries;
}

/// Observed and not recorded, so that there is no `FindSeries` for it.
impl<L> JobInstrument for ObservableGauge<L> {
    type Labels = L;
    type Series = ObservableSeries;
}
