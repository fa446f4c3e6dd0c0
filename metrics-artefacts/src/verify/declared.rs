use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics::catalogue::document::{LabelLimit, MetricDocument};
use osapi_metrics_rules::{InstrumentKind, prometheus_unit};

use crate::catalogue::Catalogues;

/// A metric, as all programs together declare it.
#[derive(Debug)]
pub(super) struct DeclaredMetric<'a> {
    /// The package and the name of the set.
    pub(super) set: (&'a str, &'a str),
    /// The first declaration.
    pub(super) first: &'a MetricDocument,
    /// The declaration of each program.
    pub(super) documents: Vec<&'a MetricDocument>,
    /// The boundaries that handlers have of their own.
    pub(super) of_handlers: Vec<Vec<f64>>,
    pub(super) kind: InstrumentKind,
    pub(super) labels: BTreeMap<&'a str, DeclaredLabel<'a>>,
}

/// A label, as all programs together declare it.
#[derive(Debug, Default)]
pub(super) struct DeclaredLabel<'a> {
    /// All values; `None` if a program declares none.
    pub(super) values: Option<Vec<&'a str>>,
    /// The highest limit.
    pub(super) limit: Option<usize>,
}

/// Every metric once, in the order of the sets.
pub(super) fn declared(catalogues: &Catalogues) -> Vec<DeclaredMetric<'_>> {
    let mut metrics: Vec<DeclaredMetric<'_>> = Vec::new();
    let mut places = BTreeMap::new();
    for (set, metric) in catalogues.metrics() {
        let place = *places.entry(metric.prometheus_name.as_str()).or_insert(metrics.len());
        if place == metrics.len() {
            metrics.push(DeclaredMetric {
                set: (&set.package, &set.name),
                first: metric,
                documents: Vec::new(),
                of_handlers: Vec::new(),
                kind: kind(metric),
                labels: BTreeMap::new(),
            });
        }
        metrics[place].add(metric);
        let own = catalogues.with_own_boundaries(metric).filter_map(|job| job.boundaries.clone());
        metrics[place].of_handlers.extend(own);
    }
    metrics
}

fn kind(metric: &MetricDocument) -> InstrumentKind {
    match metric.kind.as_str() {
        "counter" => InstrumentKind::Counter,
        "histogram" => InstrumentKind::Histogram,
        "up_down_counter" => InstrumentKind::UpDownCounter,
        "info" => InstrumentKind::Info,
        "state_set" => InstrumentKind::StateSet,
        _ => InstrumentKind::Gauge,
    }
}

impl<'a> DeclaredMetric<'a> {
    fn add(&mut self, metric: &'a MetricDocument) {
        self.documents.push(metric);
        for label in &metric.labels {
            let limit = match label.limit {
                Some(LabelLimit::Max(limit) | LabelLimit::Recent(limit)) => Some(limit),
                _ => None,
            };
            let values = label.values.as_ref();
            let values = values.map(|values| values.iter().map(String::as_str).collect::<Vec<_>>());
            match self.labels.get_mut(label.prometheus_name.as_str()) {
                None => {
                    let declared = DeclaredLabel { values, limit };
                    self.labels.insert(&label.prometheus_name, declared);
                }
                Some(known) => known.widen(values, limit),
            }
        }
    }

    /// The name in a scrape.
    pub(super) fn prometheus_name(&self) -> &'a str {
        &self.first.prometheus_name
    }

    /// The name of the samples that show whether something was recorded.
    pub(super) fn counted(&self) -> String {
        match self.kind {
            InstrumentKind::Histogram => format!("{}_count", self.prometheus_name()),
            _ => {
                self.first.samples.first().map_or(self.prometheus_name(), String::as_str).to_owned()
            }
        }
    }

    /// The names of its samples, with the times of creation that `OpenMetrics` knows.
    pub(super) fn samples(&self) -> Vec<String> {
        let mut names = self.first.samples.clone();
        match self.kind {
            InstrumentKind::Histogram => names.push(format!("{}_created", self.prometheus_name())),
            InstrumentKind::Counter => names.push(format!("{}_created", self.family())),
            _ => {}
        }
        names
    }

    /// The name of the family in `OpenMetrics`, where a counter has no `_total` and an info no
    /// `_info`.
    pub(super) fn family(&self) -> &'a str {
        let name = self.prometheus_name();
        name.strip_suffix(self.kind.suffix()).unwrap_or(name)
    }

    /// The types that it may have: that of `OpenMetrics`, and that of the other formats.
    pub(super) fn types(&self) -> [&'static str; 2] {
        [self.kind.openmetrics_type(), self.kind.prometheus_type()]
    }

    /// The unit in `OpenMetrics`.
    pub(super) fn unit(&self) -> String {
        let unit = self.first.unit.as_deref();
        prometheus_unit(&self.first.name, unit, self.kind).as_str().to_owned()
    }

    /// The boundaries that each program declares, sorted.
    pub(super) fn boundaries(&self) -> Vec<Vec<f64>> {
        let lists: Vec<_> = self.documents.iter().map(|metric| metric.boundaries.clone()).collect();
        lists.into_iter().filter(|list| !list.is_empty()).collect()
    }
}

impl<'a> DeclaredLabel<'a> {
    /// Takes what another program declares too.
    fn widen(&mut self, values: Option<Vec<&'a str>>, limit: Option<usize>) {
        self.limit = self.limit.max(limit);
        self.values = match (self.values.take(), values) {
            (Some(mut known), Some(values)) => {
                let new: BTreeSet<_> = values.into_iter().filter(|v| !known.contains(v)).collect();
                known.extend(new);
                Some(known)
            }
            _ => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use osapi_metrics::catalogue::document::CatalogueDocument;

    use super::*;

    #[test]
    fn what_several_programs_declare_is_one_metric_with_all_values() {
        let program = |label: &str| {
            let json = format!(
                r#"{{"schema_version": 1, "sets": [{{"name": "Shop", "package": "shop", "metrics": [
                {{"name": "orders_total", "prometheus_name": "orders_total", "kind": "counter",
                  "samples": ["orders_total"],
                  "labels": [{{"key": "a", "prometheus_name": "a", {label}}}]}}]}}]}}"#
            );
            CatalogueDocument::from_json(&json).unwrap()
        };
        let (one, two) = (program(r#""values": ["x", "y"]"#), program(r#""values": ["z", "x"]"#));
        let catalogues = Catalogues::of(vec![one.clone(), two]);
        let metrics = declared(&catalogues);
        assert_eq!((metrics.len(), metrics[0].documents.len()), (1, 2));
        assert_eq!(metrics[0].labels["a"].values, Some(vec!["x", "y", "z"]));
        assert_eq!(metrics[0].family(), "orders");

        let catalogues = Catalogues::of(vec![one, program(r#""max": 20"#)]);
        let metrics = declared(&catalogues);
        assert_eq!(metrics[0].labels["a"].values, None);
        assert_eq!(metrics[0].labels["a"].limit, Some(20));
    }
}
