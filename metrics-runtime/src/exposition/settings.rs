use crate::config::{MetricsConfig, ScopeLabels};

/// The parts of a scrape that a configuration turns on and off.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ExpositionSettings {
    /// Whether `OpenMetrics` has `_created` samples.
    pub(super) created_samples: bool,
    /// Which metrics show their scopes.
    pub(super) scope_labels: ScopeLabels,
}

impl ExpositionSettings {
    pub(crate) fn of(config: &MetricsConfig) -> Self {
        Self { created_samples: config.created_samples, scope_labels: config.scope_labels }
    }
}
