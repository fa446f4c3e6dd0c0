use std::borrow::Cow;

use osapi_metrics_rules::{InstrumentKind, UnitWord, prometheus_family, prometheus_unit};

use super::{histogram::Histograms, series_prefixes::SeriesPrefixes};
use crate::core::storage::Value;

/// One metric, wherever it comes from: what is known of it, its series, and what they measured last.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) metadata: MetricMetadata,
    pub(super) lines: SeriesPrefixes,
    pub(super) values: Values,
}

/// What is known of a metric.
#[derive(Debug)]
pub(super) struct MetricMetadata {
    pub(super) scope: Cow<'static, str>,
    pub(super) version: Option<Cow<'static, str>>,
    pub(super) name: Cow<'static, str>,
    pub(super) kind: InstrumentKind,
    pub(super) help: Cow<'static, str>,
    /// The name that it renders to, without the suffixes of its samples: counters have no `_total` here.
    pub(super) family: String,
    /// The word of the unit, if it ends that name.
    pub(super) unit: UnitWord,
}

/// The values of a metric, each at the place of its series.
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

impl Source {
    /// The value at this place, unless it is a histogram.
    pub(super) fn number(&self, place: usize) -> Option<Value> {
        match &self.values {
            Values::Numbers(numbers) => numbers[place],
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

    /// Makes room for the values of this many series.
    pub(super) fn clear(&mut self, len: usize) {
        match self {
            Self::Numbers(numbers) => {
                numbers.clear();
                numbers.resize(len, None);
            }
            Self::Histograms(histograms) => histograms.clear(len),
        }
    }

    pub(super) fn set_number(&mut self, place: usize, value: Value) {
        if let Self::Numbers(numbers) = self {
            numbers[place] = Some(value);
        }
    }

    /// Whether the series at this place has a value.
    pub(super) fn has(&self, place: usize) -> bool {
        match self {
            Self::Numbers(numbers) => numbers[place].is_some(),
            Self::Histograms(histograms) => histograms.get(place).is_some(),
        }
    }
}
