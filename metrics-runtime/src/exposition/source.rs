use std::{cell::OnceCell, mem, sync::Arc};

use osapi_metrics_rules::{InstrumentKind, UnitWord, prometheus_family, prometheus_unit};

use super::{
    declared::{Declaration, declares_sets},
    histogram::Boundaries,
    labels::Labels,
    protobuf::LabelPairs,
    scope_labels::ScopeEntries,
    series_prefixes::SeriesPrefixes,
};
use crate::{
    config::ScopeLabels,
    core::{
        snapshot::{ConstantLabels, MetricIdentity, MetricSnapshot, Snapshot, Values},
        storage::AllSeries,
        sync::Timestamp,
    },
};

/// A metric, with the parts of its text that are the same from scrape to scrape.
#[derive(Debug)]
pub(super) struct Source {
    /// Unique among all sources of an exposition.
    pub(super) id: u64,
    pub(super) identity: Arc<MetricIdentity>,
    /// Whether a set declares the metric. Otherwise another library has created it.
    pub(super) is_declared: bool,
    /// The labels of its scope, if the scope is shown.
    pub(super) scope: Option<ScopeEntries>,
    /// The rendered name without the suffixes of its samples: a counter has no `_total` here.
    pub(super) family: String,
    /// The word of the unit, if it ends the rendered name.
    pub(super) unit: UnitWord,
    pub(super) prefixes: SeriesPrefixes,
    /// The labels of the series in protobuf, from the first scrape that asks for them on.
    label_pairs: OnceCell<LabelPairs>,
    /// Each list of boundaries that a series has.
    pub(super) boundaries: Vec<Boundaries>,
    /// The series that the prefixes are written for. While the list is kept, no other list has its
    /// address.
    series: Option<AllSeries>,
}

/// The sources of the metrics of a snapshot, in their order.
#[derive(Debug, Default)]
pub(super) struct Sources {
    sources: Vec<Source>,
    ids: u64,
}

/// The labels that the formats add to the samples of a histogram.
const HISTOGRAM_LABELS: &[&str] = &["le"];

impl Sources {
    /// Brings the sources into the order of the snapshot's metrics. Sources of metrics that are not
    /// in the snapshot are dropped.
    pub(super) fn follow(&mut self, snapshot: &Snapshot, scope_labels: ScopeLabels) {
        let known = mem::take(&mut self.sources);
        let mut known = known.into_iter().map(Some).collect::<Vec<_>>();
        for (nth, metric) in snapshot.metrics.iter().enumerate() {
            let is_it = |source: &Option<Source>| source.as_ref().is_some_and(|s| s.is(metric));
            // Metrics keep their places, except when one of another library comes or goes.
            let at = match known.get(nth) {
                Some(source) if is_it(source) => Some(nth),
                _ => known.iter().position(is_it),
            };
            let found = at.and_then(|at| known[at].take());
            let mut source = found.unwrap_or_else(|| {
                self.ids += 1;
                Source::new(self.ids, metric, scope_labels)
            });
            source.read(metric, &snapshot.constants);
            self.sources.push(source);
        }
    }

    pub(super) fn get(&self, nth: usize) -> &Source {
        &self.sources[nth]
    }
}

impl Source {
    fn new(id: u64, metric: &MetricSnapshot, scope_labels: ScopeLabels) -> Self {
        let identity = Arc::clone(&metric.identity);
        let unit = Some(&*identity.unit).filter(|unit| !unit.is_empty());
        let family = prometheus_family(&identity.name, unit, identity.kind).as_str().to_owned();
        let shows_scope = match scope_labels {
            ScopeLabels::Others => !declares_sets(&identity.scope),
            ScopeLabels::All => true,
            ScopeLabels::None => false,
        };
        Self {
            id,
            is_declared: Declaration::is_of(&family, &identity),
            scope: shows_scope.then(|| ScopeEntries::of(&identity.scope)),
            family,
            unit: prometheus_unit(&identity.name, unit, identity.kind),
            identity,
            prefixes: SeriesPrefixes::default(),
            label_pairs: OnceCell::new(),
            boundaries: Vec::new(),
            series: None,
        }
    }

    /// The labels of the series in protobuf, in the order of the prefixes.
    pub(super) fn label_pairs(&self) -> &LabelPairs {
        self.label_pairs.get_or_init(|| {
            LabelPairs::new(self.prefixes.iter().map(|(text, _)| self.prefixes.labels(text)))
        })
    }

    /// The start of the series at this position.
    pub(super) fn start(&self, position: usize) -> Timestamp {
        let series = self.series.as_ref().and_then(|series| series.get(position));
        series.map_or_else(Timestamp::default, |labels| labels.start())
    }

    fn is(&self, metric: &MetricSnapshot) -> bool {
        Arc::ptr_eq(&self.identity, &metric.identity)
    }

    /// Writes the text that has changed since the last snapshot.
    fn read(&mut self, metric: &MetricSnapshot, constants: &ConstantLabels) {
        let kind = self.identity.kind;
        if let Values::Distributions(distributions) = &metric.values {
            let lists = distributions.lists();
            self.boundaries.resize_with(lists.len(), Boundaries::default);
            for (rendered, boundaries) in self.boundaries.iter_mut().zip(lists) {
                rendered.become_those(boundaries);
            }
        }
        if self.series.as_ref().is_some_and(|known| Arc::ptr_eq(known, &metric.series)) {
            return;
        }
        let reserved = if kind == InstrumentKind::Histogram { HISTOGRAM_LABELS } else { &[] };
        let none = ScopeEntries::default();
        let scope = self.scope.as_ref().unwrap_or(&none);
        let labels = metric.series.iter();
        let state = (kind == InstrumentKind::StateSet).then_some(&*self.family);
        let labels = labels.map(|labels| {
            let attributes = constants.attributes_of(metric.constants, labels);
            Labels::of_series(attributes, scope, reserved, state)
        });
        self.prefixes = SeriesPrefixes::new(&self.family, kind, labels);
        self.label_pairs.take();
        self.series = Some(Arc::clone(&metric.series));
    }
}
