//! The runtime pushing over OTLP.

use std::time::Duration;

use opentelemetry_sdk::metrics::MeterProviderBuilder;

use super::InstallError;
use crate::{
    config::MetricsConfig,
    otlp::{self, OtlpPush},
    self_metrics,
};

/// The push that runs, if the configuration wants one.
#[derive(Debug)]
pub(super) struct Push(Option<OtlpPush>);

/// Adds the reader, whose thread runs from here on: call it when nothing else can fail.
pub(super) fn add_reader(
    builder: MeterProviderBuilder,
    config: &MetricsConfig,
) -> Result<(MeterProviderBuilder, Push), InstallError> {
    if !config.otlp.enabled {
        return Ok((builder, Push(None)));
    }
    let (reader, push) = otlp::start(&config.otlp, self_metrics::exported)
        .map_err(|error| InstallError::Otlp(Box::new(error)))?;
    Ok((builder.with_reader(reader), Push(Some(push))))
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
