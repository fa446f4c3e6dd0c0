use std::{sync::Arc, time::Duration};

use crate::{
    bridge::Bridge,
    config::MetricsConfig,
    core::self_metrics,
    otlp::{self, OtlpPush},
    runtime::{
        error::InstallError,
        last_export::{ExportResult, LastExport},
    },
};

/// The push that is ready to start, if the configuration asks for a push.
#[derive(Debug)]
pub(in crate::runtime) struct PreparedPush(Option<otlp::PreparedPush>);

/// The push that runs, if the configuration asks for a push.
#[derive(Debug)]
pub(in crate::runtime) struct Push(Option<OtlpPush>);

pub(in crate::runtime) fn prepare(config: &MetricsConfig) -> Result<PreparedPush, InstallError> {
    if !config.otlp.enabled {
        return Ok(PreparedPush(None));
    }
    Ok(PreparedPush(Some(otlp::prepare(config, self_metrics::exported)?)))
}

impl PreparedPush {
    /// Starts the push.
    pub(in crate::runtime) fn start(self, bridge: &Arc<Bridge>) -> Push {
        Push(self.0.map(|push| push.start(Arc::clone(bridge))))
    }
}

impl Push {
    /// Exports within `limit`, while `meanwhile` runs.
    pub(in crate::runtime) fn export<T>(
        &self,
        export: LastExport,
        limit: Duration,
        meanwhile: impl FnOnce() -> T,
    ) -> (ExportResult, T) {
        match &self.0 {
            Some(otlp) => otlp.export(export.into(), limit, meanwhile),
            None => (Ok(()), meanwhile()),
        }
    }

    /// Lets the push of the next runtime go on from what this one has delivered.
    pub(in crate::runtime) fn end(&self) {
        if let Some(otlp) = &self.0 {
            otlp.end();
        }
    }
}
