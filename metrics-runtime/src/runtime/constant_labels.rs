//! The labels of every series, held against the labels of the declared metrics.

use std::collections::BTreeSet;

use super::error::InstallError;
use crate::{
    config::MetricsConfig,
    core::{catalogue::Catalogue, snapshot::sanitize},
};

/// Refuses a constant label whose key a declared metric has, in the spelling of a scrape.
///
/// `of_builder` has the keys that the builder has set.
pub(super) fn check_constant_labels(
    config: &MetricsConfig,
    of_builder: &BTreeSet<String>,
    catalogue: &Catalogue,
) -> Result<(), InstallError> {
    for key in config.constant_labels.keys() {
        let metric = catalogue
            .iter()
            .find(|metric| metric.labels.iter().any(|label| sanitize(label.key) == *key));
        if let Some(metric) = metric {
            let place = if of_builder.contains(key) {
                "MetricsBuilder::constant_label"
            } else {
                "telemetry.metrics.constant_labels"
            };
            return Err(InstallError::ConstantLabel {
                place,
                key: key.clone(),
                metric: metric.prometheus_name().to_owned(),
                declaration: metric.declaration().to_string(),
            });
        }
    }
    Ok(())
}
