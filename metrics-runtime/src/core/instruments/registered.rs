use crate::core::{
    descriptor::MetricDescriptor,
    snapshot::Values,
    storage::{
        AllSeries, Family, FamilyStats, HistogramFamily, Number, ObservableFamily, ReadSeries,
        SampleValue, drain,
    },
};

/// The instruments of a set, in the order of its fields.
#[doc(hidden)]
pub type InstrumentList = Vec<&'static dyn RegisteredInstrument>;

/// An instrument of any type, as exporters see it.
#[doc(hidden)]
pub trait RegisteredInstrument: Send + Sync {
    fn descriptor(&self) -> &'static MetricDescriptor;
    /// Reads the value that each series has now, if it has one. Returns the series in the order of
    /// the values.
    fn read(&'static self, values: &mut Values) -> AllSeries;
    /// The histogram, if the instrument is one, to attach a sink to.
    fn histogram(&'static self) -> Option<RegisteredHistogram> {
        None
    }
    /// Whether a value was ever recorded, or a closure was ever registered.
    fn was_recorded(&self) -> bool;
    fn stats(&self) -> InstrumentStats;
}

/// A histogram, by the type of its values.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum RegisteredHistogram {
    F64(&'static HistogramFamily<f64>),
    U64(&'static HistogramFamily<u64>),
}

/// The statistics of an instrument.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default)]
pub struct InstrumentStats {
    pub(crate) family: FamilyStats,
    pub(crate) callback_panics: u64,
}

impl From<FamilyStats> for InstrumentStats {
    fn from(family: FamilyStats) -> Self {
        Self { family, callback_panics: 0 }
    }
}

impl<K: ReadSeries> RegisteredInstrument for Family<K, K::Slot> {
    fn descriptor(&self) -> &'static MetricDescriptor {
        self.descriptor
    }

    fn read(&'static self, values: &mut Values) -> AllSeries {
        Family::read(self, values.clear_numbers())
    }

    fn was_recorded(&self) -> bool {
        Family::was_recorded(self)
    }

    fn stats(&self) -> InstrumentStats {
        Family::stats(self).into()
    }
}

impl<V: Number> RegisteredInstrument for ObservableFamily<V> {
    fn descriptor(&self) -> &'static MetricDescriptor {
        self.descriptor
    }

    fn read(&'static self, values: &mut Values) -> AllSeries {
        ObservableFamily::read(self, values.clear_numbers())
    }

    fn was_recorded(&self) -> bool {
        self.callbacks.were_added()
    }

    fn stats(&self) -> InstrumentStats {
        InstrumentStats { family: self.family.stats(), callback_panics: self.callbacks.panics() }
    }
}

impl<V: RegisteredSample> RegisteredInstrument for HistogramFamily<V> {
    fn descriptor(&self) -> &'static MetricDescriptor {
        self.descriptor
    }

    fn read(&'static self, values: &mut Values) -> AllSeries {
        let distributions = values.clear_distributions(self.descriptor.buckets);
        let (series, summaries) = self.summaries();
        for summary in summaries {
            let buckets = distributions.push_empty();
            if let Some(summary) = summary.filter(|summary| summary.count > 0) {
                buckets.copy_from_slice(&summary.buckets);
                distributions.set_last(summary.count, summary.sum, summary.extremes);
            }
        }
        series
    }

    fn histogram(&'static self) -> Option<RegisteredHistogram> {
        Some(V::registered(self))
    }

    fn was_recorded(&self) -> bool {
        drain();
        Family::was_recorded(self)
    }

    fn stats(&self) -> InstrumentStats {
        let mut stats = Family::stats(self);
        stats.dropped += self.refused();
        stats.into()
    }
}

/// The value types that [`RegisteredHistogram`] has.
pub trait RegisteredSample: SampleValue {
    fn registered(family: &'static HistogramFamily<Self>) -> RegisteredHistogram;
}

impl RegisteredSample for f64 {
    fn registered(family: &'static HistogramFamily<Self>) -> RegisteredHistogram {
        RegisteredHistogram::F64(family)
    }
}

impl RegisteredSample for u64 {
    fn registered(family: &'static HistogramFamily<Self>) -> RegisteredHistogram {
        RegisteredHistogram::U64(family)
    }
}
