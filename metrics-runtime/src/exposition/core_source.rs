use std::{borrow::Cow, fmt, sync::Arc};

use super::{
    labels::Labels,
    series_prefixes::SeriesPrefixes,
    source::{MetricMetadata, SampleSource, Values},
};
use crate::core::{instruments::RegisteredInstrument, storage::AllSeries};

/// A core instrument, read without the SDK.
pub(super) struct CoreSource {
    instrument: &'static dyn RegisteredInstrument,
    /// The series that the prefixes are written for. While the list is kept, no other list has its
    /// address.
    series: Option<AllSeries>,
    source: SampleSource,
}

impl CoreSource {
    pub(super) fn new(instrument: &'static dyn RegisteredInstrument) -> Self {
        let metric = instrument.descriptor();
        let origin = &metric.origin;
        let metadata = MetricMetadata::new(
            (Cow::Borrowed(origin.package), Some(Cow::Borrowed(origin.version))),
            Cow::Borrowed(metric.name),
            metric.unit,
            metric.kind,
            Cow::Borrowed(metric.help.trim()),
        );
        let values = Values::Numbers(Vec::new());
        Self {
            instrument,
            series: None,
            source: SampleSource { metadata, prefixes: SeriesPrefixes::default(), values },
        }
    }

    /// Reads the current values. Returns whether any series has a value.
    pub(super) fn read(&mut self) -> bool {
        let Self { instrument, series, source: SampleSource { metadata, prefixes, values } } = self;
        let Values::Numbers(values) = values else { return false };
        let Some(current) = instrument.read(values) else { return false };
        if !series.as_ref().is_some_and(|known| Arc::ptr_eq(known, &current)) {
            let labels = current.iter().map(|labels| Labels::of_series(labels));
            *prefixes = SeriesPrefixes::new(&metadata.family, metadata.kind, labels);
            *series = Some(current);
        }
        values.iter().any(Option::is_some)
    }

    pub(super) fn source(&self) -> &SampleSource {
        &self.source
    }

    /// Whether the metadata, which the SDK collected, belongs to this instrument.
    pub(super) fn is(&self, other: &MetricMetadata, unit: &str) -> bool {
        let (metadata, metric) = (&self.source.metadata, self.instrument.descriptor());
        (&metadata.scope, &metadata.version, &metadata.name)
            == (&other.scope, &other.version, &other.name)
            && (metadata.kind, metric.unit.unwrap_or_default()) == (other.kind, unit)
            && metadata.help == other.help
    }

    pub(super) fn instrument(&self) -> &'static dyn RegisteredInstrument {
        self.instrument
    }
}

impl fmt::Debug for CoreSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CoreSource").field(&self.instrument.descriptor().name).finish()
    }
}
