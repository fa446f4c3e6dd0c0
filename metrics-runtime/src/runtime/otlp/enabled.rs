use std::time::Duration;

use crate::{
    config::{MetricsConfig, OtlpTemporality},
    core::self_metrics,
    otlp::{self, OtlpPush},
    provider::Readers,
    runtime::error::InstallError,
};

/// The push that is ready to start, if the configuration asks for a push.
#[derive(Debug)]
pub(in crate::runtime) struct PreparedPush(Option<(otlp::PreparedPush, OtlpTemporality)>);

/// The push that runs, if the configuration asks for a push.
#[derive(Debug)]
pub(in crate::runtime) struct Push(Option<OtlpPush>);

pub(in crate::runtime) fn prepare(config: &MetricsConfig) -> Result<PreparedPush, InstallError> {
    if !config.otlp.enabled {
        return Ok(PreparedPush(None));
    }
    let push = otlp::prepare(&config.otlp, self_metrics::exported)?;
    Ok(PreparedPush(Some((push, config.otlp.temporality))))
}

impl PreparedPush {
    /// Starts the thread of the reader, and adds the reader.
    pub(in crate::runtime) fn start(self, readers: &mut Readers) -> Push {
        Push(self.0.map(|(push, temporality)| {
            let (reader, push) = push.start();
            if temporality == OtlpTemporality::Cumulative {
                readers.share(Some(Box::new(reader)));
            } else {
                readers.add(reader);
            }
            push
        }))
    }
}

impl Push {
    /// Runs a flush or a shutdown of the provider, and keeps its exports within `limit`.
    pub(in crate::runtime) fn within<T>(&self, limit: Duration, work: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(otlp) => otlp.within(limit, work),
            None => work(),
        }
    }
}
