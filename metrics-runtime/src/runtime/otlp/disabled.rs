use std::{sync::Arc, time::Duration};

use crate::{
    bridge::Bridge,
    config::MetricsConfig,
    runtime::{
        error::InstallError,
        last_export::{ExportResult, LastExport},
    },
};

#[derive(Debug)]
pub(in crate::runtime) struct PreparedPush;

#[derive(Debug)]
pub(in crate::runtime) struct Push;

pub(in crate::runtime) fn prepare(config: &MetricsConfig) -> Result<PreparedPush, InstallError> {
    if config.otlp.enabled {
        let feature = "otlp-grpc` or `otlp-http";
        return Err(InstallError::MissingFeature { exporter: "OTLP", feature });
    }
    Ok(PreparedPush)
}

impl PreparedPush {
    #[expect(clippy::unused_self, reason = "with the feature there is a push to start")]
    pub(in crate::runtime) fn start(self, _: &Arc<Bridge>) -> Push {
        Push
    }
}

impl Push {
    #[expect(clippy::unused_self, reason = "with the feature there is a push to ask")]
    pub(in crate::runtime) fn export<T>(
        &self,
        _: LastExport,
        _: Duration,
        meanwhile: impl FnOnce() -> T,
    ) -> (ExportResult, T) {
        (Ok(()), meanwhile())
    }

    #[expect(clippy::unused_self, reason = "with the feature there is a push that ends")]
    pub(in crate::runtime) fn end(&self) {}
}
