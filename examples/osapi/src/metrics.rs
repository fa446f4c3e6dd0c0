//! The metrics that are osapi's own.
//!
//! The job metrics come with `#[instrumented_job]`, the HTTP metrics with `Metrics::http_layer()`,
//! the NATS metrics with `osapi_metrics::instrumentation::nats`.

use osapi_metrics::{Counter, LabelSet, MetricSet, ObservableGauge};

/// The agents and their work.
#[derive(Debug, MetricSet)]
pub struct AgentMetrics {
    /// Agents that take jobs, as the API server knows them.
    #[metric(unit = "{agent}")]
    pub agents_connected: ObservableGauge<(), u64>,

    /// Time since the API server heard of an agent of another process.
    #[metric(unit = "s")]
    pub agent_heartbeat_age_seconds: ObservableGauge<AgentLabels>,

    /// Jobs that an agent ran and whose end it stored, whatever that end was.
    #[metric(unit = "{job}")]
    pub agent_jobs_processed_total: Counter<AgentLabels>,
}

/// The queue between the API and the agents.
#[derive(Debug, MetricSet)]
pub struct QueueMetrics {
    /// Jobs that were accepted and are not over, waiting or running; with NATS, as the server told
    /// last.
    #[metric(unit = "{job}")]
    pub jobs_unfinished: ObservableGauge<(), u64>,

    /// Jobs that a broken-down NATS server had lost and that the API has queued again.
    #[metric(unit = "{job}")]
    pub jobs_requeued_total: Counter,
}

/// The agent that a series belongs to.
#[derive(Clone, Debug, LabelSet)]
pub struct AgentLabels {
    /// The agent's name, by default the host's.
    #[label(max = 200)]
    pub agent: String,
}
