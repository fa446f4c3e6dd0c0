use std::sync::Arc;

use crate::core::{
    descriptor::MetricDescriptor,
    storage::{
        AllSeries, Family, FamilyStats, HistogramFamily, Number, ObservableFamily, ReadSeries,
        SampleValue, SeriesLabels, Summary, Value, drain,
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
    /// the values; `None` for histograms, whose samples only a sink aggregates.
    fn read(&'static self, values: &mut Vec<Option<Value>>) -> Option<AllSeries>;
    /// The histogram, if the instrument is one, to attach a sink to.
    fn histogram(&'static self) -> Option<RegisteredHistogram> {
        None
    }
    /// The distribution of each series of a histogram; empty for other instruments.
    fn summaries(&self) -> Vec<(Arc<SeriesLabels>, Summary)> {
        Vec::new()
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

    fn read(&'static self, values: &mut Vec<Option<Value>>) -> Option<AllSeries> {
        Some(Family::read(self, values))
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

    fn read(&'static self, values: &mut Vec<Option<Value>>) -> Option<AllSeries> {
        Some(ObservableFamily::read(self, values))
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

    fn read(&'static self, _: &mut Vec<Option<Value>>) -> Option<AllSeries> {
        None
    }

    fn histogram(&'static self) -> Option<RegisteredHistogram> {
        Some(V::registered(self))
    }

    fn summaries(&self) -> Vec<(Arc<SeriesLabels>, Summary)> {
        HistogramFamily::summaries(self)
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
