use crate::config::MetricsConfig;

/// The parts of a scrape that a configuration turns on and off.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ExpositionSettings {
    /// Whether `OpenMetrics` has `_created` samples.
    pub(super) created_samples: bool,
}

impl ExpositionSettings {
    pub(crate) fn of(config: &MetricsConfig) -> Self {
        Self { created_samples: config.created_samples }
    }
}
