//! The labels of every series, held against the labels of the declared metrics.

use std::collections::BTreeSet;

use super::error::InstallError;
use crate::{
    config::MetricsConfig,
    core::{catalogue::Catalogue, descriptor::MetricDescriptor, snapshot::sanitize},
};

/// Refuses a constant label of the runtime whose key a declared metric has, in the spelling of a
/// scrape: as a label, or as a constant label of its set.
///
/// `of_builder` has the keys that the builder has set.
pub(super) fn check_constant_labels(
    config: &MetricsConfig,
    of_builder: &BTreeSet<String>,
    catalogue: &Catalogue,
) -> Result<(), InstallError> {
    for key in config.constant_labels.keys() {
        let has_label = |metric: &MetricDescriptor| {
            metric.labels.iter().any(|label| sanitize(label.key) == *key)
        };
        let has_constant = |metric: &MetricDescriptor| {
            metric.constant_labels.iter().any(|label| label.key == *key)
        };
        let metric = catalogue.iter().find(|metric| has_label(metric) || has_constant(metric));
        if let Some(metric) = metric {
            let place = if of_builder.contains(key) {
                "MetricsBuilder::constant_label"
            } else {
                "telemetry.metrics.constant_labels"
            };
            return Err(InstallError::ConstantLabel {
                place,
                key: key.clone(),
                role: if has_label(metric) {
                    "a label of"
                } else {
                    "a constant label of the set of"
                },
                metric: metric.prometheus_name().to_owned(),
                declaration: metric.declaration().to_string(),
            });
        }
    }
    Ok(())
}
