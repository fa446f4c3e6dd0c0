use std::borrow::Cow;

use osapi_metrics_rules::{InstrumentKind, UnitWord, prometheus_family, prometheus_unit};

use super::{histogram::Histograms, series_prefixes::SeriesPrefixes};
use crate::core::storage::Value;

/// One metric: its metadata, its series, and their last values.
#[derive(Debug)]
pub(super) struct SampleSource {
    pub(super) metadata: MetricMetadata,
    pub(super) prefixes: SeriesPrefixes,
    pub(super) values: Values,
}

/// The metadata of a metric.
#[derive(Debug)]
pub(super) struct MetricMetadata {
    pub(super) scope: Cow<'static, str>,
    pub(super) version: Option<Cow<'static, str>>,
    pub(super) name: Cow<'static, str>,
    pub(super) kind: InstrumentKind,
    pub(super) help: Cow<'static, str>,
    /// The rendered name without the suffixes of its samples: a counter has no `_total` here.
    pub(super) family: String,
    /// The word of the unit, if it ends the rendered name.
    pub(super) unit: UnitWord,
}

/// The values of a metric, each at the position of its series.
#[derive(Debug)]
pub(super) enum Values {
    Numbers(Vec<Option<Value>>),
    Histograms(Histograms),
}

impl MetricMetadata {
    pub(super) fn new(
        (scope, version): (Cow<'static, str>, Option<Cow<'static, str>>),
        name: Cow<'static, str>,
        unit: Option<&str>,
        kind: InstrumentKind,
        help: Cow<'static, str>,
    ) -> Self {
        let family = prometheus_family(&name, unit, kind).as_str().to_owned();
        let unit = prometheus_unit(&name, unit, kind);
        Self { scope, version, name, kind, help, family, unit }
    }
}

impl SampleSource {
    /// The number at this position; `None` for a histogram.
    pub(super) fn number(&self, position: usize) -> Option<Value> {
        match &self.values {
            Values::Numbers(numbers) => numbers[position],
            Values::Histograms(_) => None,
        }
    }
}

impl Values {
    pub(super) fn new(kind: InstrumentKind) -> Self {
        match kind {
            InstrumentKind::Histogram => Self::Histograms(Histograms::default()),
            _ => Self::Numbers(Vec::new()),
        }
    }

    /// Removes all values, and reserves positions for this number of series.
    pub(super) fn clear(&mut self, len: usize) {
        match self {
            Self::Numbers(numbers) => {
                numbers.clear();
                numbers.resize(len, None);
            }
            Self::Histograms(histograms) => histograms.clear(len),
        }
    }

    pub(super) fn set_number(&mut self, position: usize, value: Value) {
        if let Self::Numbers(numbers) = self {
            numbers[position] = Some(value);
        }
    }

    /// Whether the series at this position has a value.
    pub(super) fn has(&self, position: usize) -> bool {
        match self {
            Self::Numbers(numbers) => numbers[position].is_some(),
            Self::Histograms(histograms) => histograms.get(position).is_some(),
        }
    }
}
