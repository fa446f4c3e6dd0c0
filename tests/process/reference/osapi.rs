use osapi_metrics::{Counter, LabelSet, MetricSet, UpDownCounter};

#[derive(Clone, Debug, LabelSet)]
pub(super) struct AgentLabels {
    #[label(max = 500)]
    agent: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct WorkerLabels {
    #[label(max = 500)]
    worker: String,
}

/// Metrics of osapi besides the metrics of jobs, HTTP servers and NATS clients, which the framework
/// ships.
#[derive(Debug, MetricSet)]
pub(super) struct OsapiMetrics {
    /// Connected agents.
    #[metric(unit = "{agent}")]
    agents_connected: UpDownCounter,
    /// Jobs processed per agent.
    #[metric(unit = "{job}")]
    agent_jobs_processed_total: Counter<AgentLabels>,
    /// Connected workers.
    #[metric(unit = "{worker}")]
    workers_connected: UpDownCounter,
    /// Jobs processed per worker.
    #[metric(unit = "{job}")]
    worker_jobs_processed_total: Counter<WorkerLabels>,
}
