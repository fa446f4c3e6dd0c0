//! Sets of metrics as they have rows: each metric once, whatever number of programs declares it.

use std::collections::BTreeSet;

use osapi_metrics::catalogue::document::{LabelDocument, LabelLimit, MetricDocument, SetDocument};

use super::board::TARGET;
use crate::{catalogue::Catalogues, generate::query::Selector};

/// The package of the metrics about metrics, which are of less interest than a program's own.
const FRAMEWORK: &str = "osapi-metrics";
/// The most values of an open label that lines of a panel are divided by.
const MAX_LINES: usize = 50;

/// A set of metrics.
#[derive(Clone, Debug)]
pub(super) struct Set<'a> {
    pub(super) document: &'a SetDocument,
    pub(super) metrics: Vec<&'a MetricDocument>,
    /// The labels whose values are known from handlers.
    pub(super) handler_labels: BTreeSet<&'a str>,
    catalogues: &'a Catalogues,
}

impl<'a> Set<'a> {
    /// All sets: those of programs, then those about metrics.
    pub(super) fn all(catalogues: &'a Catalogues) -> Vec<Self> {
        let mut sets: Vec<Self> = Vec::new();
        let mut names = BTreeSet::new();
        for (document, metric) in catalogues.metrics() {
            if !names.insert(&metric.prometheus_name) {
                continue;
            }
            let is_same = |set: &&mut Self| is_same(set.document, document);
            match sets.iter_mut().find(is_same) {
                Some(set) => set.metrics.push(metric),
                None => sets.push(Self::new(catalogues, document, metric)),
            }
        }
        sets.sort_by_key(|set| {
            let SetDocument { package, module, name, .. } = set.document;
            (set.is_of_framework(), package, module, name)
        });
        sets
    }

    fn new(catalogues: &'a Catalogues, set: &'a SetDocument, metric: &'a MetricDocument) -> Self {
        let jobs =
            catalogues.jobs().filter(|job| job.set == set.name && job.set_package == set.package);
        let handler_labels = jobs.flat_map(|job| job.labels.keys().map(String::as_str)).collect();
        Self { document: set, metrics: vec![metric], handler_labels, catalogues }
    }

    /// Whether the set is one of those about metrics.
    pub(super) fn is_of_framework(&self) -> bool {
        self.document.package == FRAMEWORK
    }

    /// The title of its row.
    pub(super) fn title(&self) -> String {
        format!("{} ({})", self.document.name, self.document.package)
    }

    /// A sample by which targets are found: of a metric that is there from the start, if possible.
    pub(super) fn sample(&self) -> Option<&'a str> {
        let is_there = |metric: &&MetricDocument| {
            matches!(metric.kind.as_str(), "counter" | "up_down_counter")
                && metric.labels.iter().all(|label| label.values.is_some())
        };
        let metric = self.metrics.iter().copied().find(is_there);
        let metric = metric.or_else(|| self.metrics.first().copied())?;
        metric.samples.iter().max().map(String::as_str)
    }

    /// The labels that distinguish the series of a histogram with different boundaries.
    pub(super) fn labels_of_boundaries(&self, metric: &'a MetricDocument) -> Vec<&'a str> {
        self.catalogues.labels_of_boundaries(metric)
    }

    /// The labels of a metric that have few values, and whether there are others. Constant ones
    /// divide nothing.
    pub(super) fn labels_with_few_values(
        &self,
        metric: &'a MetricDocument,
    ) -> (Vec<&'a str>, bool) {
        let has_few = |label: &&LabelDocument| {
            self.handler_labels.contains(label.prometheus_name.as_str())
                || match (&label.values, label.limit) {
                    (Some(_), _) => true,
                    (None, Some(LabelLimit::Max(max))) => max <= MAX_LINES,
                    (None, _) => false,
                }
        };
        let varied = metric.labels.iter().filter(|label| !label.constant);
        let (few, others): (Vec<_>, Vec<_>) = varied.partition(has_few);
        let few = few.into_iter().map(|label| label.prometheus_name.as_str()).collect();
        (few, !others.is_empty())
    }
}

/// Samples of the chosen targets.
pub(super) fn selector(metric: &MetricDocument, suffix: &str) -> Selector {
    let all = Selector::of(&format!("{}{suffix}", metric.prometheus_name)).of_series_of(metric);
    TARGET.iter().fold(all, |of, (label, pattern)| of.with_any(label, pattern))
}

/// What a panel says about a metric: its description, how it is made one value, and its place.
pub(super) fn description(metric: &MetricDocument, note: &str) -> String {
    let mut parts = Vec::new();
    for part in [metric.description.as_str(), note] {
        if !part.is_empty() {
            parts.push(part.to_owned());
        }
    }
    parts.extend(metric.absent_until.as_ref().map(|until| format!("Absent until {until}.")));
    let source = &metric.source;
    let name = &metric.prometheus_name;
    parts.push(if source.file.is_empty() {
        format!("`{name}`.")
    } else {
        format!("`{name}`, declared in {}:{}.", source.file, source.line)
    });
    parts.join(" ")
}

/// A legend of the values of these labels, or a name without labels.
pub(super) fn legend<'a>(labels: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    let labels: Vec<_> = labels.into_iter().map(|label| format!("{{{{{label}}}}}")).collect();
    if labels.is_empty() { otherwise.to_owned() } else { labels.join(", ") }
}

fn is_same(a: &SetDocument, b: &SetDocument) -> bool {
    (&a.package, &a.module, &a.name) == (&b.package, &b.module, &b.name)
}
