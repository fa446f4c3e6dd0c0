//! The runtime without the feature `console`: nothing is printed.

use super::InstallError;
use crate::{config::MetricsConfig, provider::Readers};

pub(super) fn check(config: &MetricsConfig) -> Result<(), InstallError> {
    if config.console {
        return Err(InstallError::MissingFeature { exporter: "console", feature: "console" });
    }
    Ok(())
}

pub(super) fn add_reader(_: &mut Readers, _: &MetricsConfig) {}
