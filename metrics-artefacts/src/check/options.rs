use std::collections::BTreeSet;

use crate::name_pattern::NamePattern;

/// What is right beside the catalogues.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CheckOptions {
    /// The names of samples that other programs export.
    pub allowed: Vec<NamePattern>,
    /// Labels that Prometheus adds to every series of a target, beside `job` and `instance`.
    pub target_labels: BTreeSet<String>,
}

impl CheckOptions {
    /// Allows names of samples.
    #[must_use]
    pub fn allow(mut self, names: impl IntoIterator<Item = NamePattern>) -> Self {
        self.allowed.extend(names);
        self
    }

    /// Adds labels that every series of a target has.
    #[must_use]
    pub fn with_target_labels(mut self, labels: impl IntoIterator<Item = String>) -> Self {
        self.target_labels.extend(labels);
        self
    }
}
