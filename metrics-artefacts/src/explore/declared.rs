//! What catalogues declare, by the names of samples.

use std::collections::HashMap;

use osapi_metrics_explorer::MetricKind;

use crate::catalogue::{Catalogues, SampleKind};

/// The metrics of catalogues, by the names of their samples.
#[derive(Debug, Default)]
pub(super) struct Declared(HashMap<String, DeclaredSample>);

/// The samples of a name.
#[derive(Clone, Debug)]
pub(super) struct DeclaredSample {
    /// The name as the catalogue has it.
    pub(super) name: String,
    pub(super) kind: MetricKind,
    pub(super) unit: String,
    pub(super) package: String,
    /// The keys of the labels, by their names in a scrape.
    pub(super) keys: HashMap<String, String>,
    pub(super) sample: SampleKind,
}

impl Declared {
    pub(super) fn of(catalogues: &Catalogues) -> Self {
        let names = catalogues.sample_names().map(|name| {
            let found = catalogues.samples(name).next().expect("the name is of a sample");
            let labels = found.metric.labels.iter();
            let sample = DeclaredSample {
                name: found.metric.name.clone(),
                kind: kind(&found.metric.kind),
                unit: found.metric.unit.clone().unwrap_or_default(),
                package: found.set.package.clone(),
                keys: labels
                    .map(|label| (label.prometheus_name.clone(), label.key.clone()))
                    .collect(),
                sample: found.kind,
            };
            (name.to_owned(), sample)
        });
        Self(names.collect())
    }

    pub(super) fn metric(&self, sample: &str) -> Option<&DeclaredSample> {
        self.0.get(sample)
    }
}

fn kind(kind: &str) -> MetricKind {
    match kind {
        "counter" => MetricKind::Counter,
        "histogram" => MetricKind::Histogram,
        "up_down_counter" => MetricKind::UpDownCounter,
        _ => MetricKind::Gauge,
    }
}
