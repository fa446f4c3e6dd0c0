use crate::{
    collection::Collector,
    config::MetricsConfig,
    runtime::{
        error::InstallError,
        last_export::{ExportResult, LastExport},
    },
};

#[derive(Debug)]
pub(in crate::runtime) struct PreparedConsole;

#[derive(Debug)]
pub(in crate::runtime) struct Console;

pub(in crate::runtime) fn prepare(config: &MetricsConfig) -> Result<PreparedConsole, InstallError> {
    if config.console {
        return Err(InstallError::MissingFeature { exporter: "console", feature: "console" });
    }
    Ok(PreparedConsole)
}

impl PreparedConsole {
    #[expect(clippy::unused_self, reason = "with the feature there is a thread to start")]
    pub(in crate::runtime) fn start(self, _: impl FnOnce() -> Collector) -> Console {
        Console
    }
}

impl Console {
    #[expect(clippy::unused_self, reason = "with the feature there is a thread to ask")]
    pub(in crate::runtime) fn print<T>(
        &self,
        _: LastExport,
        meanwhile: impl FnOnce() -> T,
    ) -> (ExportResult, T) {
        (Ok(()), meanwhile())
    }
}
