//! The runtime pushing over OTLP.

use std::time::Duration;

use super::InstallError;
use crate::{
    config::{MetricsConfig, OtlpTemporality},
    core::self_metrics,
    otlp::{self, OtlpPush},
    provider::Readers,
};

/// The push that runs, if the configuration wants one.
#[derive(Debug)]
pub(super) struct Push(Option<OtlpPush>);

/// Adds the reader, whose thread runs from here on: call it when nothing else can fail.
pub(super) fn add_reader(
    readers: &mut Readers,
    config: &MetricsConfig,
) -> Result<Push, InstallError> {
    if !config.otlp.enabled {
        return Ok(Push(None));
    }
    let (reader, push) = otlp::start(&config.otlp, self_metrics::exported)?;
    if config.otlp.temporality == OtlpTemporality::Cumulative {
        readers.share(reader);
    } else {
        readers.add(reader);
    }
    Ok(Push(Some(push)))
}

impl Push {
    /// Runs a flush or a shutdown of the provider, and keeps its exports within `limit`.
    pub(super) fn within<T>(&self, limit: Duration, work: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(otlp) => otlp.within(limit, work),
            None => work(),
        }
    }
}
