//! The metric that a test names, and the checks of the kind and labels that the test asks for.

use osapi_metrics_rules::{InstrumentKind, similar::nearest};

use super::Captured;
use crate::core::{
    descriptor::{LabelValues, MetricDescriptor},
    instruments::RegisteredInstrument,
    registry::SetRegistration,
    storage::SeriesLabels,
};

/// A metric, and the instruments of a capture for it: empty if its set was not used.
pub(super) struct Metric {
    pub(super) descriptor: &'static MetricDescriptor,
    pub(super) instruments: Vec<&'static dyn RegisteredInstrument>,
}

/// Labels that a series has to have. It can have other labels.
pub(super) type Filter<'a> = [(&'a str, &'a str)];

/// The label of the overflow series, as a scrape shows it.
const OVERFLOW: &str = "otel_metric_overflow";

impl Metric {
    /// The metric of this OpenTelemetry or Prometheus name, of any kind.
    #[track_caller]
    pub(super) fn named(name: &str, captured: &Captured) -> Self {
        let is_named =
            |metric: &MetricDescriptor| metric.name == name || metric.prometheus_name() == name;
        let used = captured.sets.used();
        let instruments: Vec<_> = used
            .iter()
            .flat_map(|set| set.instruments)
            .copied()
            .filter(|instrument| is_named(instrument.descriptor()))
            .collect();
        let linked = || {
            let sets = inventory::iter::<SetRegistration>();
            sets.flat_map(|set| set.descriptors)
        };
        let descriptor = match instruments.first() {
            Some(instrument) => Some(instrument.descriptor()),
            None => linked().find(|metric| is_named(metric)),
        };
        match descriptor {
            Some(descriptor) => Self { descriptor, instruments },
            None => {
                let names: Vec<_> =
                    linked().flat_map(|metric| [metric.name, metric.prometheus_name()]).collect();
                panic!(
                    "no metric `{name}` is linked into this test; {}",
                    match nearest(name, names) {
                        Some(nearest) => format!("did you mean `{nearest}`?"),
                        None => "a set is linked in if something of its crate is used".to_owned(),
                    }
                );
            }
        }
    }

    /// The metric of this name. Fails if it has another kind.
    #[track_caller]
    pub(super) fn of_kind(name: &str, kind: InstrumentKind, captured: &Captured) -> Self {
        let metric = Self::named(name, captured);
        let actual = metric.descriptor.kind;
        assert!(
            actual == kind,
            "`{name}` is {}, declared at {}; ask `{}` for it",
            actual.with_article(),
            metric.descriptor.declaration(),
            method(actual)
        );
        metric
    }

    /// Fails if no series can have these labels.
    #[track_caller]
    pub(super) fn check_labels(&self, filter: &Filter<'_>) {
        let Self { descriptor, .. } = self;
        let (name, labels) = (descriptor.prometheus_name(), descriptor.labels);
        for (at, (key, value)) in filter.iter().enumerate() {
            assert!(
                !filter[..at].iter().any(|(earlier, _)| earlier == key),
                "the label `{key}` is given twice; no series has two values of it"
            );
            if *key == OVERFLOW {
                continue;
            }
            let constants = descriptor.constant_labels;
            if let Some(constant) = constants.iter().find(|constant| constant.key == *key) {
                assert!(
                    constant.value == *value,
                    "the label `{key}` of `{name}` is never `{value}`; {}",
                    allowed("its values are", &[constant.value])
                );
                continue;
            }
            let Some(label) = labels.iter().find(|label| is_key(label.key, key)) else {
                let keys = labels.iter().map(|label| label.key);
                let keys: Vec<_> = keys.chain(constants.iter().map(|label| label.key)).collect();
                panic!("`{name}` has no label `{key}`; {}", allowed("its labels are", &keys));
            };
            let values = match label.values {
                LabelValues::Closed(values) => values,
                LabelValues::Bool => &["false", "true"],
                LabelValues::Open { .. } | LabelValues::Recent { .. } => continue,
            };
            assert!(
                values.contains(value),
                "the label `{key}` of `{name}` is never `{value}`; {}",
                allowed("its values are", values)
            );
        }
    }
}

/// Whether a series has these labels. It can have other labels. All series have the constant ones,
/// whose values [`check_labels`](Metric::check_labels) has seen.
pub(super) fn matches(of: &MetricDescriptor, labels: &SeriesLabels, filter: &Filter<'_>) -> bool {
    let is_constant = |key: &str| of.constant_labels.iter().any(|label| label.key == key);
    filter.iter().filter(|(key, _)| !is_constant(key)).all(|(key, value)| {
        if *key == OVERFLOW {
            return labels.is_overflow() == (*value == "true");
        }
        labels.iter().any(|(known, label)| is_key(known, key) && label.to_string() == **value)
    })
}

/// Whether a label has this key, as it is declared or as a scrape shows it.
fn is_key(declared: &str, key: &str) -> bool {
    declared == key || declared.replace('.', "_") == key
}

fn allowed(introduction: &str, all: &[&str]) -> String {
    if all.is_empty() {
        return "it has none".to_owned();
    }
    format!("{introduction} `{}`", all.join("`, `"))
}

/// The method that reads metrics of this kind.
fn method(kind: InstrumentKind) -> &'static str {
    match kind {
        InstrumentKind::Counter => "counter",
        InstrumentKind::UpDownCounter => "up_down_counter",
        InstrumentKind::Gauge => "gauge",
        InstrumentKind::Histogram => "histogram",
        InstrumentKind::Info => "info",
        InstrumentKind::StateSet => "states",
    }
}
