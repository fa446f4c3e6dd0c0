use std::{borrow::Cow, fmt, sync::Arc};

use super::{
    labels::Labels,
    series_prefixes::SeriesPrefixes,
    source::{MetricMetadata, Source, Values},
};
use crate::core::{instruments::RegisteredInstrument, storage::AllSeries};

/// An instrument of our own, read without the SDK.
pub(super) struct CoreSource {
    instrument: &'static dyn RegisteredInstrument,
    /// The series that the lines are written for. As long as it is kept, no other list has its address.
    series: Option<AllSeries>,
    source: Source,
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
            source: Source { metadata, lines: SeriesPrefixes::default(), values },
        }
    }

    /// Takes the values of this moment, and tells whether there are any.
    pub(super) fn read(&mut self) -> bool {
        let Self { instrument, series, source: Source { metadata, lines, values } } = self;
        let Values::Numbers(values) = values else { return false };
        let Some(current) = instrument.read(values) else { return false };
        if !series.as_ref().is_some_and(|known| Arc::ptr_eq(known, &current)) {
            let labels = current.iter().map(|labels| Labels::of_series(labels));
            *lines = SeriesPrefixes::new(&metadata.family, metadata.kind, labels);
            *series = Some(current);
        }
        values.iter().any(Option::is_some)
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// Whether the SDK has this instrument under that name.
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
