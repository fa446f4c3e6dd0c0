use std::collections::BTreeMap;

use osapi_metrics::catalogue::document::{
    CatalogueDocument, JobDocument, MetricDocument, SetDocument,
};
use osapi_metrics_rules::similar::nearest;

/// The metrics and handlers of all programs of a system.
#[derive(Clone, Debug, Default)]
pub struct Catalogues {
    documents: Vec<CatalogueDocument>,
    /// For each name of a sample, the metrics that have it.
    samples: BTreeMap<String, Vec<(usize, usize, usize)>>,
}

/// A name of samples in a Prometheus, with the metric that it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// The set that declares the metric.
    pub set: &'a SetDocument,
    /// The metric.
    pub metric: &'a MetricDocument,
    /// What the samples of this name are.
    pub kind: SampleKind,
}

/// What samples of a name are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleKind {
    /// A sum that only grows.
    Counter,
    /// A value that goes up and down.
    Gauge,
    /// The buckets of a histogram: counters with the label `le`.
    Bucket,
    /// The number of values of a histogram: a counter.
    Count,
    /// The sum of the values of a histogram: a counter.
    Sum,
}

impl SampleKind {
    fn of(metric: &MetricDocument, name: &str) -> Self {
        match metric.kind.as_str() {
            "counter" => Self::Counter,
            "histogram" if name.ends_with("_bucket") => Self::Bucket,
            "histogram" if name.ends_with("_count") => Self::Count,
            "histogram" => Self::Sum,
            _ => Self::Gauge,
        }
    }

    /// Whether the samples only grow, so that a query shows their rate or increase.
    pub const fn is_cumulative(self) -> bool {
        !matches!(self, Self::Gauge)
    }
}

impl Catalogues {
    /// The catalogues of programs that one Prometheus scrapes.
    pub fn of(documents: Vec<CatalogueDocument>) -> Self {
        let mut samples: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (document, catalogue) in documents.iter().enumerate() {
            for (set, metrics) in catalogue.sets.iter().enumerate() {
                for (metric, declared) in metrics.metrics.iter().enumerate() {
                    for name in &declared.samples {
                        samples.entry(name.clone()).or_default().push((document, set, metric));
                    }
                }
            }
        }
        Self { documents, samples }
    }

    /// The catalogue of each program.
    pub fn documents(&self) -> &[CatalogueDocument] {
        &self.documents
    }

    /// Every metric with its set, in the order of the programs and sets. A metric that several
    /// programs declare is there for each.
    pub fn metrics(&self) -> impl Iterator<Item = (&SetDocument, &MetricDocument)> {
        let sets = self.documents.iter().flat_map(|document| &document.sets);
        sets.flat_map(|set| set.metrics.iter().map(move |metric| (set, metric)))
    }

    /// Every handler.
    pub fn jobs(&self) -> impl Iterator<Item = &JobDocument> {
        self.documents.iter().flat_map(|document| &document.jobs)
    }

    /// The handlers whose jobs have boundaries of their own in this histogram.
    pub fn with_own_boundaries<'a>(
        &'a self,
        metric: &'a MetricDocument,
    ) -> impl Iterator<Item = &'a JobDocument> {
        let is_recorded_in = |job: &&JobDocument| {
            self.metrics().any(|(set, same)| {
                same.prometheus_name == metric.prometheus_name
                    && same.kind == "histogram"
                    && same.events.iter().any(|event| event == "duration")
                    && set.name == job.set
                    && (job.set_package.is_empty() || set.package == job.set_package)
            })
        };
        let differs = |job: &&JobDocument| {
            job.boundaries.as_ref().is_some_and(|own| *own != metric.boundaries)
        };
        self.jobs().filter(differs).filter(is_recorded_in)
    }

    /// The labels that a query has to keep so that it adds up no series of a histogram that have
    /// different boundaries; none if all series have the same.
    ///
    /// The labels are those of handlers with boundaries of their own, or all labels of the metric
    /// if the catalogue knows none of such a handler.
    pub fn labels_of_boundaries<'a>(&'a self, metric: &'a MetricDocument) -> Vec<&'a str> {
        let labels = || metric.labels.iter().map(|label| label.prometheus_name.as_str());
        let jobs: Vec<_> = self.with_own_boundaries(metric).collect();
        if jobs.iter().any(|job| !labels().any(|label| job.labels.contains_key(label))) {
            return labels().collect();
        }
        labels().filter(|label| jobs.iter().any(|job| job.labels.contains_key(*label))).collect()
    }

    /// The metrics that have samples of this name: one, or one for each program that declares it.
    pub fn samples<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Sample<'a>> {
        let declared = self.samples.get(name).into_iter().flatten();
        declared.map(move |&(document, set, metric)| {
            let set = &self.documents[document].sets[set];
            let metric = &set.metrics[metric];
            Sample { set, metric, kind: SampleKind::of(metric, name) }
        })
    }

    /// Whether a metric has samples of this name.
    pub fn has_samples(&self, name: &str) -> bool {
        self.samples.contains_key(name)
    }

    /// The names of all samples, sorted.
    pub fn sample_names(&self) -> impl Iterator<Item = &str> {
        self.samples.keys().map(String::as_str)
    }

    /// The name that samples have now, if their metric was renamed and this is a former name.
    pub fn renamed(&self, name: &str) -> Option<&str> {
        let is_former = |metric: &MetricDocument| {
            former_names(metric).iter().any(|former| {
                former == name || name.strip_prefix(former.as_str()).is_some_and(is_suffix)
            })
        };
        let (_, metric) = self.metrics().find(|(_, metric)| is_former(metric))?;
        let has_same_suffix = |sample: &&String| {
            ["_bucket", "_count", "_sum"].iter().any(|s| name.ends_with(s) && sample.ends_with(s))
        };
        let same = metric.samples.iter().find(has_same_suffix);
        same.or(metric.samples.first()).map(String::as_str)
    }

    /// The name of samples that a name without samples most likely means: that of a metric that was
    /// renamed, of another sample of the metric, or the most similar one.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        if let Some(renamed) = self.renamed(name) {
            return Some(renamed);
        }
        let of_metric = self.metrics().find(|(_, metric)| {
            metric.name == name
                || metric.prometheus_name == name
                || metric.prometheus_name.strip_suffix("_total") == Some(name)
        });
        if let Some((_, metric)) = of_metric {
            return metric.samples.first().map(String::as_str);
        }
        nearest(name, self.sample_names())
    }
}

/// The names that a metric had before: in OpenTelemetry, and as a Prometheus had it if its unit was
/// the same.
fn former_names(metric: &MetricDocument) -> Vec<String> {
    let Some(former) = &metric.renamed_from else { return Vec::new() };
    let suffix =
        metric.prometheus_name.strip_prefix(&underscored(&metric.name)).unwrap_or_default();
    let with_suffix = format!("{}{suffix}", underscored(former));
    vec![former.clone(), underscored(former), with_suffix]
}

fn underscored(name: &str) -> String {
    name.replace(|character: char| !character.is_ascii_alphanumeric(), "_")
}

/// Whether this is what a sample of a histogram or a counter has behind the name of its metric.
fn is_suffix(rest: &str) -> bool {
    ["_bucket", "_count", "_sum", "_total"].contains(&rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogues() -> Catalogues {
        let json = r#"{"schema_version": 1, "sets": [{"name": "Shop", "package": "shop", "metrics": [
            {"name": "shop_orders_total", "prometheus_name": "shop_orders_total",
             "samples": ["shop_orders_total"], "kind": "counter", "renamed_from": "shop_sales"},
            {"name": "shop.wait", "prometheus_name": "shop_wait_seconds", "kind": "histogram",
             "samples": ["shop_wait_seconds_bucket", "shop_wait_seconds_count",
                         "shop_wait_seconds_sum"], "renamed_from": "shop.delay"},
            {"name": "shop_guests", "prometheus_name": "shop_guests",
             "samples": ["shop_guests"], "kind": "up_down_counter"}
        ]}]}"#;
        Catalogues::of(vec![CatalogueDocument::from_json(json).unwrap()])
    }

    #[test]
    fn samples_are_found_by_their_names() {
        let catalogues = catalogues();
        for (name, kind) in [
            ("shop_orders_total", SampleKind::Counter),
            ("shop_wait_seconds_bucket", SampleKind::Bucket),
            ("shop_wait_seconds_count", SampleKind::Count),
            ("shop_wait_seconds_sum", SampleKind::Sum),
            ("shop_guests", SampleKind::Gauge),
        ] {
            let found: Vec<_> = catalogues.samples(name).map(|sample| sample.kind).collect();
            assert_eq!(found, [kind], "{name}");
        }
        assert!(!catalogues.has_samples("shop_wait_seconds"));
    }

    #[test]
    fn the_nearest_name_is_the_one_that_was_meant() {
        let catalogues = catalogues();
        for (name, expected) in [
            ("shop_sales", Some("shop_orders_total")),
            ("shop_sales_total", Some("shop_orders_total")),
            ("shop_delay_seconds_count", Some("shop_wait_seconds_count")),
            ("shop_delay_count", Some("shop_wait_seconds_count")),
            ("shop.wait", Some("shop_wait_seconds_bucket")),
            ("shop_wait_seconds", Some("shop_wait_seconds_bucket")),
            ("shop_orders", Some("shop_orders_total")),
            ("shop_gests", Some("shop_guests")),
            ("node_cpu_seconds_total", None),
        ] {
            assert_eq!(catalogues.nearest(name), expected, "{name}");
        }
    }
}
