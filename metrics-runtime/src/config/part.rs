//! What a setting is for.

/// What a setting is for, and what can be off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Everything.
    Metrics,
    /// The Prometheus endpoint.
    Prometheus,
    /// The push over OTLP.
    Otlp,
    /// The output of the console.
    Console,
    /// The push and the console, which have one interval.
    Periodic,
}

/// The beginnings of the keys and variables of the push.
const OF_OTLP: &[&str] =
    &["telemetry.metrics.otlp", "OTEL_EXPORTER_OTLP_", "METRICS_COLLECTION_INTERVALS"];

impl Part {
    /// What the setting of this key or variable is for.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "telemetry.metrics.otlp.interval"
            | "METRICS_COLLECTION_INTERVAL"
            | "OTEL_METRIC_EXPORT_INTERVAL" => Self::Periodic,
            "telemetry.metrics.console" => Self::Console,
            "telemetry.metrics.prometheus"
            | "telemetry.metrics.path"
            | "telemetry.metrics.listen"
            | "telemetry.metrics.bearer_token_file"
            | "telemetry.metrics.explorer"
            | "telemetry.metrics.explorer_history"
            | "METRICS_EXPLORER"
            | "telemetry.metrics.created_samples"
            | "telemetry.metrics.scope_labels"
            | "telemetry.metrics.max_concurrent_scrapes"
            | "telemetry.metrics.scrape_timeout" => Self::Prometheus,
            "OTEL_METRIC_EXPORT_TIMEOUT" => Self::Otlp,
            _ if name.starts_with("OTEL_EXPORTER_PROMETHEUS_") => Self::Prometheus,
            _ if OF_OTLP.iter().any(|begin| name.starts_with(begin)) => Self::Otlp,
            _ => Self::Metrics,
        }
    }
}
