use crate::{
    collection::Collector,
    config::MetricsConfig,
    console::{self, ConsolePrinter, PreparedPrinter},
    runtime::{
        error::InstallError,
        last_export::{ExportResult, LastExport},
    },
};

/// The printer that is ready to start, if the configuration asks for one.
#[derive(Debug)]
pub(in crate::runtime) struct PreparedConsole(Option<PreparedPrinter>);

/// The printer that runs, if the configuration asks for one.
#[derive(Debug)]
pub(in crate::runtime) struct Console(Option<ConsolePrinter>);

pub(in crate::runtime) fn prepare(config: &MetricsConfig) -> Result<PreparedConsole, InstallError> {
    if !config.console {
        return Ok(PreparedConsole(None));
    }
    let printer = console::prepare(config.otlp.interval).map_err(InstallError::Console)?;
    Ok(PreparedConsole(Some(printer)))
}

impl PreparedConsole {
    /// Starts the printer.
    pub(in crate::runtime) fn start(self, collector: impl FnOnce() -> Collector) -> Console {
        Console(self.0.map(|printer| printer.start(collector())))
    }
}

impl Console {
    /// Prints once more, while `meanwhile` runs.
    pub(in crate::runtime) fn print<T>(
        &self,
        export: LastExport,
        meanwhile: impl FnOnce() -> T,
    ) -> (ExportResult, T) {
        match &self.0 {
            Some(printer) => printer.print(export.into(), meanwhile),
            None => (Ok(()), meanwhile()),
        }
    }
}
