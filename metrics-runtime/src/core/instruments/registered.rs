use std::any::Any;

use crate::core::{
    descriptor::MetricDescriptor,
    snapshot::{Exemplars, ExponentialDistribution, Values},
    storage::{
        AllSeries, DeclaredValues, EndedCallbacks, Family, FamilyStats, HistogramFamily,
        JointFamily, Native, Number, ObservableFamily, ReadSeries, SampleValue, ScopeLabels,
    },
};

/// An instrument of any type, as exporters see it.
#[doc(hidden)]
pub trait RegisteredInstrument: Any + Send + Sync {
    fn descriptor(&self) -> &'static MetricDescriptor;
    /// Reads the value that each series has now, if it has one, and adds its exemplars. Returns the
    /// series in the order of the values.
    fn read(&'static self, values: &mut Values, exemplars: &mut Exemplars) -> AllSeries;
    /// The histogram, if the instrument is one, to set its boundaries or attach a sink.
    fn histogram(&'static self) -> Option<RegisteredHistogram> {
        None
    }
    /// Sets the values of open labels that the program declares, which do not count towards the
    /// limits.
    fn declare(&self, declared: &DeclaredValues);
    /// The most series that the metric can have, without the overflow series.
    fn most_series(&self) -> usize;
    /// Logs the limit that the series have exceeded, and that jobs of handlers with different
    /// boundaries share a series, each once.
    fn log_mistakes(&self);
    /// Ends the series of one instance of the set. Returns what was registered for the instance, to
    /// be dropped without a lock: a closure may own values of any type.
    fn end_scope(&'static self, scope: &ScopeLabels) -> Option<EndedCallbacks>;
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

impl RegisteredHistogram {
    /// Sets the boundaries, configured ones or the declared ones, and whether there are native
    /// buckets beside them. Returns whether there are samples that were counted by others.
    pub(crate) fn set_buckets(self, configured: Option<&[f64]>, native: Native) -> bool {
        match self {
            Self::F64(family) => family.set_buckets(configured, native),
            Self::U64(family) => family.set_buckets(configured, native),
        }
    }

    /// Makes sure that the sinks have every sample that was recorded until now.
    pub(crate) fn catch_up(self) {
        match self {
            Self::F64(family) => family.catch_up(),
            Self::U64(family) => family.catch_up(),
        }
    }
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

    fn read(&'static self, values: &mut Values, exemplars: &mut Exemplars) -> AllSeries {
        Family::read(self, values.clear_numbers(), |position, exemplar| {
            exemplars.push(position, exemplar);
        })
    }

    fn declare(&self, declared: &DeclaredValues) {
        Family::declare(self, declared);
    }

    fn most_series(&self) -> usize {
        Family::most_series(self)
    }

    fn log_mistakes(&self) {
        Family::log_exceeded_limit(self);
    }

    fn end_scope(&'static self, scope: &ScopeLabels) -> Option<EndedCallbacks> {
        Family::end_scope(self, scope);
        None
    }

    fn was_recorded(&self) -> bool {
        Family::was_recorded(self)
    }

    fn stats(&self) -> InstrumentStats {
        Family::stats(self).into()
    }
}

impl RegisteredInstrument for JointFamily {
    fn descriptor(&self) -> &'static MetricDescriptor {
        self.series.descriptor
    }

    fn read(&'static self, values: &mut Values, _: &mut Exemplars) -> AllSeries {
        JointFamily::read(self, values.clear_numbers())
    }

    fn declare(&self, declared: &DeclaredValues) {
        self.series.declare(declared);
    }

    fn most_series(&self) -> usize {
        self.series.most_series()
    }

    fn log_mistakes(&self) {
        self.series.log_exceeded_limit();
    }

    fn end_scope(&'static self, scope: &ScopeLabels) -> Option<EndedCallbacks> {
        self.change(|| self.series.end_scope(scope));
        None
    }

    fn was_recorded(&self) -> bool {
        self.series.was_recorded()
    }

    fn stats(&self) -> InstrumentStats {
        self.series.stats().into()
    }
}

impl<V: Number> RegisteredInstrument for ObservableFamily<V> {
    fn descriptor(&self) -> &'static MetricDescriptor {
        self.descriptor
    }

    fn read(&'static self, values: &mut Values, _: &mut Exemplars) -> AllSeries {
        ObservableFamily::read(self, values.clear_numbers())
    }

    fn declare(&self, declared: &DeclaredValues) {
        self.family.declare(declared);
    }

    fn most_series(&self) -> usize {
        self.family.most_series()
    }

    fn log_mistakes(&self) {
        self.family.log_exceeded_limit();
    }

    fn end_scope(&'static self, scope: &ScopeLabels) -> Option<EndedCallbacks> {
        let ended = self.callbacks.end_scope(scope.id());
        self.family.end_scope(scope);
        ended
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

    fn read(&'static self, values: &mut Values, exemplars: &mut Exemplars) -> AllSeries {
        let distributions = values.clear_distributions();
        let mut position = 0;
        let (series, native) = self.read_distributions(|layout, tally, of_series| {
            let buckets = distributions.push_empty(layout.classic().boundaries());
            for exemplar in of_series {
                exemplars.push(position, exemplar.clone());
            }
            position += 1;
            let Some(tally) = tally else { return };
            let Some(extremes) = tally.extremes else { return };
            layout.classic_buckets(&tally.buckets, buckets);
            let (count, sum) = (tally.count, tally.sum.to_value());
            let extremes = (extremes.min.to_value(), extremes.max.to_value());
            distributions.set_last(count, sum, Some(extremes));
            if let Some(native) = layout.native_buckets(&tally.buckets) {
                let native = ExponentialDistribution::of_native(count, sum, extremes, native);
                distributions.set_last_native(native);
            }
        });
        if native == Native::Preferred {
            distributions.push_native_alone();
        }
        series
    }

    fn histogram(&'static self) -> Option<RegisteredHistogram> {
        Some(V::registered(self))
    }

    fn declare(&self, declared: &DeclaredValues) {
        Family::declare(self, declared);
    }

    fn most_series(&self) -> usize {
        Family::most_series(self)
    }

    fn log_mistakes(&self) {
        Family::log_exceeded_limit(self);
        self.log_mixed_boundaries();
    }

    fn end_scope(&'static self, scope: &ScopeLabels) -> Option<EndedCallbacks> {
        Family::end_scope(self, scope);
        None
    }

    fn was_recorded(&self) -> bool {
        Family::was_recorded(self)
    }

    fn stats(&self) -> InstrumentStats {
        Family::stats(self).into()
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
