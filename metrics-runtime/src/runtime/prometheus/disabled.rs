use std::sync::Arc;

use crate::{
    config::MetricsConfig,
    core::catalogue::Catalogue,
    runtime::{error::InstallError, idle::IdleMistakes, pipeline::Pipeline, readiness::Readiness},
};

#[derive(Debug)]
pub(in crate::runtime) struct PreparedPrometheus;

#[derive(Debug)]
pub(in crate::runtime) struct Prometheus;

#[expect(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
pub(in crate::runtime) fn prepare(
    _: &MetricsConfig,
    _: Readiness,
    _: &Catalogue,
    _: &mut IdleMistakes,
) -> Result<PreparedPrometheus, InstallError> {
    Ok(PreparedPrometheus)
}

#[expect(clippy::unused_self, reason = "with the feature there is an endpoint")]
impl PreparedPrometheus {
    pub(in crate::runtime) fn start(self, _: &Arc<Pipeline>) -> Prometheus {
        Prometheus
    }

    pub(in crate::runtime) fn start_without_metrics(self) -> Prometheus {
        Prometheus
    }
}

impl Prometheus {
    #[expect(clippy::unused_self, reason = "with the feature there are servers")]
    pub(in crate::runtime) fn stop(&self) {}

    #[expect(clippy::unused_self, reason = "with the feature there are servers")]
    pub(in crate::runtime) fn forget(&self) {}
}
