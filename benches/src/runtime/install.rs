use osapi_metrics::{
    Metrics,
    config::{Environment, MetricsConfig, OtlpCompression, OtlpEndpoint, OtlpProtocol},
};

/// The exporters that are switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Prometheus, and OTLP with the default interval of a minute.
    Both,
    Prometheus,
    Disabled,
}

impl State {
    pub(crate) const ALL: [Self; 3] = [Self::Both, Self::Prometheus, Self::Disabled];

    /// The name of the library in figures.
    pub(crate) fn library(self) -> &'static str {
        match self {
            Self::Both => BOTH,
            Self::Prometheus => "osapi-metrics (Prometheus)",
            Self::Disabled => "osapi-metrics (disabled)",
        }
    }
}

/// The library that ratios refer to.
pub(crate) const BOTH: &str = "osapi-metrics (Prometheus and OTLP)";

pub(crate) fn install(state: State, collector: &str) -> Metrics {
    let mut config = MetricsConfig::default();
    config.enabled = state != State::Disabled;
    config.otlp.enabled = state == State::Both;
    config.otlp.protocol = OtlpProtocol::HttpProtobuf;
    // So that the collector needs no decompression to find a metric's name.
    config.otlp.compression = OtlpCompression::None;
    config.otlp.endpoint = Some(OtlpEndpoint::Base(collector.to_owned()));
    let builder = Metrics::builder().config(config).environment(Environment::default());
    builder.install().expect("the configuration is valid")
}

/// A lock for tests that install runtimes: two runtimes of one process both receive each sample.
#[cfg(test)]
pub(crate) fn only_one_runtime() -> std::sync::MutexGuard<'static, ()> {
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
