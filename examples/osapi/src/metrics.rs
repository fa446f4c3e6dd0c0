//! The metrics that are osapi's own.
//!
//! The job metrics come with `#[instrumented_job]`, the HTTP metrics with `Metrics::http_layer()`,
//! the NATS metrics with `osapi_metrics::instrumentation::nats`.

use osapi_metrics::{Counter, LabelSet, MetricSet, ObservableGauge, instruments::CounterSeries};

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

/// The agents and their work under older names, for dashboards and alerts that use them. Others use
/// the names of [`AgentMetrics`], which have the same values.
#[derive(Debug, MetricSet)]
pub struct WorkerMetrics {
    /// Workers that take jobs: the older name of `osapi_agents_connected`.
    #[metric(unit = "{worker}")]
    pub workers_connected: ObservableGauge<(), u64>,

    /// Jobs that a worker ran: the older name of `osapi_agent_jobs_processed_total`.
    #[metric(unit = "{job}")]
    pub worker_jobs_processed_total: Counter<WorkerLabels>,
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

/// The worker that a series belongs to: the agent, by the older name.
#[derive(Clone, Debug, LabelSet)]
pub struct WorkerLabels {
    /// The agent's name.
    #[label(max = 200)]
    pub worker: String,
}

/// The jobs that one agent has processed, under both names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProcessedJobs {
    of_agent: CounterSeries,
    of_worker: CounterSeries,
}

impl ProcessedJobs {
    /// The series of an agent. They start at 0, so that a rate includes the first jobs.
    pub(crate) fn of(agent: &str) -> Self {
        let of_agent = &AgentMetrics::global().agent_jobs_processed_total;
        let of_worker = &WorkerMetrics::global().worker_jobs_processed_total;
        let processed = Self {
            of_agent: of_agent.with(AgentLabels { agent: agent.to_owned() }),
            of_worker: of_worker.with(WorkerLabels { worker: agent.to_owned() }),
        };
        processed.of_agent.add(0);
        processed.of_worker.add(0);
        processed
    }

    /// Counts a job.
    pub(crate) fn inc(self) {
        self.of_agent.inc();
        self.of_worker.inc();
    }
}
