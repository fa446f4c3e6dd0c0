//! The runtime without a feature for OTLP: nothing is pushed.

use std::time::Duration;

use super::InstallError;
use crate::{config::MetricsConfig, provider::Readers};

#[derive(Debug)]
pub(super) struct Push;

pub(super) fn add_reader(_: &mut Readers, config: &MetricsConfig) -> Result<Push, InstallError> {
    if config.otlp.enabled {
        let feature = "otlp-grpc` or `otlp-http";
        return Err(InstallError::MissingFeature { exporter: "OTLP", feature });
    }
    Ok(Push)
}

impl Push {
    #[expect(clippy::unused_self, reason = "with the feature there is something to bound")]
    pub(super) fn within<T>(&self, _: Duration, work: impl FnOnce() -> T) -> T {
        work()
    }
}
