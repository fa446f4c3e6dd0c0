use std::time::Duration;

use crate::{config::MetricsConfig, console, provider::BoxedReader, runtime::error::InstallError};

/// The interval of the collections to print, if the configuration asks for them.
#[derive(Debug)]
pub(in crate::runtime) struct PreparedConsole(Option<Duration>);

#[expect(clippy::unnecessary_wraps, reason = "without the feature it can fail")]
pub(in crate::runtime) fn prepare(config: &MetricsConfig) -> Result<PreparedConsole, InstallError> {
    Ok(PreparedConsole(config.console.then_some(config.otlp.interval)))
}

impl PreparedConsole {
    /// Starts the thread of the reader.
    pub(in crate::runtime) fn start(self) -> Option<BoxedReader> {
        self.0.map(|interval| Box::new(console::start(interval)) as BoxedReader)
    }
}
