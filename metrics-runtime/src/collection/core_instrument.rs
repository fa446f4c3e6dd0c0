use crate::core::{
    descriptor::MetricDescriptor,
    instruments::RegisteredInstrument,
    registry::{RegisteredSet, shipped_in},
    snapshot::MetricSnapshot,
};

/// An instrument that snapshots read without the SDK.
pub(super) struct CoreInstrument {
    instrument: &'static dyn RegisteredInstrument,
    /// The set of an instrumentation, which has values once the program uses it.
    shipped_in: Option<&'static dyn RegisteredSet>,
}

impl CoreInstrument {
    pub(super) fn new(instrument: &'static dyn RegisteredInstrument) -> Self {
        Self { instrument, shipped_in: shipped_in(instrument.descriptor()) }
    }

    pub(super) fn descriptor(&self) -> &'static MetricDescriptor {
        self.instrument.descriptor()
    }

    /// Reads the series.
    pub(super) fn read(&self, metric: &mut MetricSnapshot) {
        if self.shipped_in.is_some_and(|set| !set.is_used()) {
            return;
        }
        let MetricSnapshot { series, values, exemplars, .. } = metric;
        exemplars.clear();
        *series = self.instrument.read(values, exemplars);
        self.instrument.log_mistakes();
    }
}
