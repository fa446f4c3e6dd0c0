use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics_rules::InstrumentKind;
use serde::Serialize;

use super::{declared::DeclaredMetric, exposed::Exposed, families::Advice};

/// The level of every finding.
const VIOLATION: &str = "violation";

/// The numbers of a run in the shape of the statistics of `weaver registry live-check`, so that
/// what reads the one reads the other. The registry is the catalogues, names of metrics and of
/// attributes are those of OpenTelemetry where they are declared, and there are no events.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Statistics {
    /// The number of metrics, data points and attributes that were looked at.
    pub total_entities: usize,
    /// The same by what they are.
    pub total_entities_by_type: BTreeMap<&'static str, usize>,
    /// The number of findings about entities.
    pub total_advisories: usize,
    /// The same by level.
    pub advice_level_counts: BTreeMap<&'static str, usize>,
    /// The number of entities by their gravest level.
    pub highest_advice_level_counts: BTreeMap<&'static str, usize>,
    /// The number of entities without a finding.
    pub no_advice_count: usize,
    /// The number of findings by rule.
    pub advice_type_counts: BTreeMap<&'static str, usize>,
    /// The number of findings by message.
    pub advice_message_counts: BTreeMap<String, usize>,
    /// For each declared attribute, the number of metrics on which it was seen.
    pub seen_registry_attributes: BTreeMap<String, usize>,
    /// For each other attribute, the number of metrics on which it was seen.
    pub seen_non_registry_attributes: BTreeMap<String, usize>,
    /// For each declared metric, the number of sources in which it was seen.
    pub seen_registry_metrics: BTreeMap<String, usize>,
    /// For each other metric, the number of sources in which it was seen.
    pub seen_non_registry_metrics: BTreeMap<String, usize>,
    /// Empty.
    pub seen_registry_events: BTreeMap<String, usize>,
    /// Empty.
    pub seen_non_registry_events: BTreeMap<String, usize>,
    /// The share of declared metrics and attributes that were seen, from 0 to 1.
    pub registry_coverage: f64,
}

impl Statistics {
    /// Counts what the sources show, and what was found.
    pub(super) fn of(
        metrics: &[DeclaredMetric<'_>],
        sources: &[Exposed],
        undeclared: &[BTreeSet<String>],
        found: &[Advice],
    ) -> Self {
        let mut statistics = Self::default();
        for metric in metrics {
            statistics.seen_registry_metrics.insert(metric.first.name.clone(), 0);
            for label in metric.documents.iter().flat_map(|one| &one.labels) {
                statistics.seen_registry_attributes.insert(label.key.clone(), 0);
            }
        }
        for (source, undeclared) in sources.iter().zip(undeclared) {
            statistics.add(metrics, source, undeclared);
        }
        statistics.total_entities = statistics.total_entities_by_type.values().sum();
        for advice in found {
            let finding = &advice.finding;
            *statistics.advice_type_counts.entry(finding.rule).or_default() += 1;
            *statistics.advice_message_counts.entry(finding.problem.clone()).or_default() += 1;
        }
        statistics.total_advisories = found.len();
        let entities: BTreeSet<&str> = found.iter().map(|advice| advice.entity.as_str()).collect();
        if !found.is_empty() {
            statistics.advice_level_counts.insert(VIOLATION, found.len());
            statistics.highest_advice_level_counts.insert(VIOLATION, entities.len());
        }
        statistics.no_advice_count = statistics.total_entities.saturating_sub(entities.len());
        let known = [&statistics.seen_registry_attributes, &statistics.seen_registry_metrics];
        let total: usize = known.iter().map(|counts| counts.len()).sum();
        let seen = known.iter().flat_map(|counts| counts.values()).filter(|count| **count > 0);
        statistics.registry_coverage = seen.count() as f64 / total.max(1) as f64;
        statistics
    }

    fn add(
        &mut self,
        metrics: &[DeclaredMetric<'_>],
        source: &Exposed,
        undeclared: &BTreeSet<String>,
    ) {
        let mut count = |kind, number| {
            *self.total_entities_by_type.entry(kind).or_default() += number;
        };
        for metric in metrics {
            let Some(samples) = source.samples.get(&metric.counted()) else { continue };
            let points = match metric.kind {
                InstrumentKind::Histogram => "histogram_data_point",
                _ => "number_data_point",
            };
            count("metric", 1);
            count(points, samples.series);
            count("attribute", samples.labels.len());
            *self.seen_registry_metrics.entry(metric.first.name.clone()).or_default() += 1;
            for key in samples.labels.keys() {
                let mut labels = metric.documents.iter().flat_map(|one| &one.labels);
                let seen = match labels.find(|label| label.prometheus_name == *key) {
                    Some(label) => self.seen_registry_attributes.entry(label.key.clone()),
                    None => self.seen_non_registry_attributes.entry(key.clone()),
                };
                *seen.or_default() += 1;
            }
        }
        count("metric", undeclared.len());
        for name in undeclared {
            *self.seen_non_registry_metrics.entry(name.clone()).or_default() += 1;
        }
    }
}
