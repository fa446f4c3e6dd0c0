//! The metrics that are osapi's own.
//!
//! The jobs' metrics come with `#[instrumented_job]`, those of HTTP with `Metrics::http_layer()`.

use osapi_metrics::{Counter, LabelSet, MetricSet, UpDownCounter};

/// The agents and their work.
#[derive(Debug, MetricSet)]
pub struct AgentMetrics {
    /// Agents that take jobs from the broker.
    #[metric(unit = "{agent}")]
    pub agents_connected: UpDownCounter,

    /// Jobs that an agent ran and whose end it stored, whatever that end was.
    #[metric(unit = "{job}")]
    pub agent_jobs_processed_total: Counter<AgentLabels>,
}

/// Which agent.
#[derive(Clone, Debug, LabelSet)]
pub struct AgentLabels {
    /// The agent's name, by default the host's.
    #[label(max = 200)]
    pub agent: String,
}
