//! The mistakes of a configuration, held against what is on.

use super::{ConfigError, MetricsConfig, part::Part, setting_errors::PartsOn};

impl MetricsConfig {
    /// The configuration, if it has no mistake at all, also in settings for what is off: an
    /// exporter, or metrics as a whole. A program whose document must be right in every environment
    /// calls it.
    ///
    /// ```
    /// use osapi_metrics::config::MetricsConfig;
    ///
    /// let document = "telemetry: { metrics: { otlp: { enabled: false, timeout: soon } } }";
    /// let error = MetricsConfig::from_yaml(document)?.checked().unwrap_err();
    /// assert!(error.to_string().starts_with("`telemetry.metrics.otlp.timeout` in the text"));
    /// # Ok::<(), osapi_metrics::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When a key or a variable that was read has a value that is not allowed, or a key is unknown.
    /// All mistakes are reported at once.
    pub fn checked(self) -> Result<Self, ConfigError> {
        match ConfigError::of(self.mistakes()) {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// The configuration, if no setting that is in force has a mistake.
    pub(crate) fn checked_in_force(self) -> Result<Self, ConfigError> {
        let on = PartsOn {
            metrics: self.enabled,
            prometheus: self.prometheus,
            otlp: self.otlp.enabled,
            console: self.console,
        };
        match ConfigError::of(self.mistakes.in_force(on)) {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// All mistakes. Of a configuration that was checked, they are in settings for what is off.
    pub(crate) fn mistakes(&self) -> impl Iterator<Item = &ConfigError> {
        self.mistakes.all()
    }

    /// Turns metrics off, whatever a mistaken switch was meant to say.
    pub(crate) fn turn_off(&mut self) {
        self.enabled = false;
        self.mistakes.decide(Part::Metrics);
    }
}
