use std::sync::Arc;

use crate::{
    bridge::Bridge, config::MetricsConfig, core::catalogue::Catalogue, http::ExplorerSource,
    runtime::error::InstallError,
};

#[derive(Debug)]
pub(in crate::runtime) struct PreparedExplorer;

#[derive(Debug)]
pub(in crate::runtime) struct RunningExplorer;

pub(in crate::runtime) fn prepare(
    config: &MetricsConfig,
) -> Result<PreparedExplorer, InstallError> {
    if config.explorer == Some(true) {
        return Err(InstallError::MissingExplorer);
    }
    Ok(PreparedExplorer)
}

#[expect(clippy::unused_self, reason = "with the feature there is something to start")]
impl PreparedExplorer {
    pub(in crate::runtime) fn start(self, _: &Arc<Bridge>, _: &Catalogue) -> RunningExplorer {
        RunningExplorer
    }
}

#[expect(clippy::unused_self, reason = "with the feature there is something to end")]
impl RunningExplorer {
    pub(in crate::runtime) fn without_metrics() -> Self {
        Self
    }

    pub(in crate::runtime) fn source(&self) -> ExplorerSource {
        ExplorerSource
    }

    pub(in crate::runtime) fn end(&self) {}
}
