//! Mistakes in settings for what is off.

use super::error::InstallError;
use crate::config::{ConfigError, MetricsConfig};

/// The mistakes in settings for what is off: an exporter, or metrics as a whole. They do not stop
/// the process. One warning lists them.
#[derive(Debug)]
pub(super) struct IdleMistakes(Vec<String>);

impl IdleMistakes {
    /// The mistakes of a configuration that has none in settings that are in force.
    pub(super) fn of(config: &MetricsConfig) -> Self {
        Self(config.mistakes().map(ConfigError::to_string).collect())
    }

    /// The value of a check. A mistake is an error if the setting is in force; otherwise it becomes
    /// part of the warning, and there is no value.
    pub(super) fn check<T, E>(
        &mut self,
        is_in_force: bool,
        checked: Result<T, E>,
    ) -> Result<Option<T>, InstallError>
    where
        InstallError: From<E>,
    {
        match checked.map_err(InstallError::from) {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_in_force => Err(error),
            Err(error) => {
                self.0.push(error.to_string());
                Ok(None)
            }
        }
    }

    /// Logs the mistakes, if there are any.
    pub(super) fn log(self) {
        if !self.0.is_empty() {
            tracing::warn!(
                "settings for exporters or metrics that are off have mistakes, which are errors as \
                 soon as these are on: {}",
                self.0.join("; ")
            );
        }
    }
}
