//! osapi-metrics as every measurement installs it: with what is written here, whatever the
//! environment says.

use osapi_metrics::{
    Metrics, MetricsConfig,
    config::{Environment, OtlpCompression, OtlpEndpoint, OtlpProtocol},
};

/// What is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Prometheus, and OTLP with the default interval of a minute, to a collector that answers.
    Both,
    Prometheus,
    Disabled,
}

impl State {
    pub(crate) const ALL: [Self; 3] = [Self::Both, Self::Prometheus, Self::Disabled];

    /// The name that figures have.
    pub(crate) fn library(self) -> &'static str {
        match self {
            Self::Both => BOTH,
            Self::Prometheus => "osapi-metrics (Prometheus)",
            Self::Disabled => DISABLED,
        }
    }
}

/// What ratios refer to.
pub(crate) const BOTH: &str = "osapi-metrics (Prometheus and OTLP)";
pub(crate) const DISABLED: &str = "osapi-metrics (disabled)";

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
