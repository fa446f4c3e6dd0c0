use std::{error::Error, io, time::Duration};

use crate::{
    config::{ConfigError, ConfigSource, EndpointError, OtlpError},
    core::{catalogue::Conflicts, registry::LostRegistration},
};

/// The reason why the runtime could not be installed. Nothing was started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// The configuration or the environment has a value that is not allowed.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Two declarations of one metric, or two handlers of one job, disagree.
    #[error(transparent)]
    Conflicts(#[from] Conflicts),
    /// Sets or handlers are used that are not registered, so that their metrics would not be
    /// exported.
    #[error(
        "the linker has dropped the registrations of {}; link their crates as a whole \
         (`-Wl,--whole-archive` for a static library, `-force_load` on Apple's systems), and keep the \
         section `.init_array`",
        lost.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    LostRegistrations {
        /// The sets and handlers that were used before the installation. There may be others.
        lost: Vec<LostRegistration>,
    },
    /// The configuration has boundaries that do not fit a metric, or for a metric without buckets.
    #[error("telemetry.metrics.buckets.{metric}: {problem}")]
    Buckets {
        /// The name in the configuration.
        metric: String,
        /// The problem, and the allowed values.
        problem: String,
    },
    /// The configuration asks for native buckets, or for none, of what is no histogram.
    #[error(
        "native buckets of `{metric}` (`telemetry.metrics.native_histograms`, \
         `METRICS_NATIVE_HISTOGRAMS` or `MetricsBuilder::native_histogram`): {problem}"
    )]
    NativeHistogram {
        /// The name in the configuration.
        metric: String,
        /// The problem.
        problem: String,
    },
    /// A constant label of the runtime has the key of a label that a declared metric has, or of a
    /// constant label of its set.
    #[error(
        "the constant label `{key}` of `{place}` is also {role} `{metric}`, declared at \
         {declaration}; give one of the two another key"
    )]
    ConstantLabel {
        /// The key of the configuration, or the function, that gave the label.
        place: &'static str,
        /// The key of the label.
        key: String,
        /// What the label is of the metric: `a label of`, or `a constant label of the set of`.
        role: &'static str,
        /// The metric, as a scrape shows it.
        metric: String,
        /// Where the metric is declared.
        declaration: String,
    },
    /// An interval of single metrics is for no metric of the program, counts for none of them, or
    /// is not allowed.
    #[error("`{name}` in {origin}: the pattern `{metrics}` {problem}")]
    Interval {
        /// The key or variable with the position in its list, or the function that gave the
        /// interval.
        name: String,
        /// The source of the interval.
        origin: ConfigSource,
        /// The pattern.
        metrics: String,
        /// The problem, and the remedy or the allowed values.
        problem: String,
    },
    /// The configuration asks for the explorer, which is not compiled in.
    #[error(
        "`telemetry.metrics.explorer` is true, and the explorer is not compiled in; enable the \
         feature `explorer` of osapi-metrics"
    )]
    MissingExplorer,
    /// The configuration asks for an exporter that is not compiled in.
    #[error(
        "the {exporter} exporter is not compiled in; enable the feature `{feature}` of osapi-metrics"
    )]
    MissingFeature {
        /// The exporter.
        exporter: &'static str,
        /// The cargo feature that adds the exporter.
        feature: &'static str,
    },
    /// The OTLP exporter cannot work as it is configured.
    #[error(transparent)]
    Otlp(#[from] OtlpError),
    /// The Prometheus endpoint cannot work as it is configured.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The thread that prints to standard output could not be started.
    #[error("the thread for standard output could not be started: {0}")]
    Console(#[source] io::Error),
}

/// The reason why a flush or a shutdown did not export everything.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FlushError {
    /// This call, or an earlier one, was still running when the time was up. It goes on in the
    /// background.
    #[error("not finished within {}", humantime::format_duration(*limit))]
    Timeout {
        /// The time limit of the call.
        limit: Duration,
    },
    /// The thread that would have flushed could not be started.
    #[error("no thread could be started to flush: {0}")]
    Thread(#[source] io::Error),
    /// The thread that flushed panicked.
    #[error("the thread that flushed panicked")]
    Panicked,
    /// The push over OTLP failed.
    #[error("the push over OTLP failed: {0}")]
    Otlp(#[source] Box<dyn Error + Send + Sync>),
    /// The metrics could not be printed to standard output.
    #[error("the metrics could not be printed: {0}")]
    Console(#[source] Box<dyn Error + Send + Sync>),
    /// A reader of the user failed.
    #[error("a reader of the OpenTelemetry provider failed: {0}")]
    Reader(#[from] opentelemetry_sdk::error::OTelSdkError),
    /// This process was split by `fork()` after the runtime was installed: the exporters run in the
    /// other process.
    #[error(
        "the runtime was installed in process {installed_in}, before this process was split by \
         fork(): its exporters run there alone; install a runtime in this process"
    )]
    Split {
        /// The process in which the runtime was installed.
        installed_in: u32,
    },
    /// The runtime was shut down before.
    #[error("the metrics runtime is shut down")]
    AlreadyShutdown,
}
