//! The metrics that are osapi's own.
//!
//! The jobs' metrics come with `#[instrumented_job]`, those of HTTP with `Metrics::http_layer()`,
//! those of NATS with `osapi_metrics::instrumentation::nats`.

use std::sync::Arc;

use osapi_metrics::{Counter, LabelSet, MetricSet, ObservableGauge, Observation};

use crate::{broker::Broker, fleet::Fleet};

/// The agents and their work.
#[derive(Debug, MetricSet)]
pub struct AgentMetrics {
    /// Agents that take jobs, as the API server knows them.
    #[metric(unit = "{agent}")]
    agents_connected: ObservableGauge<(), u64>,

    /// Time since the API server heard of an agent of another process.
    #[metric(unit = "s")]
    agent_heartbeat_age_seconds: ObservableGauge<AgentLabels>,

    /// Jobs that an agent ran and whose end it stored, whatever that end was.
    #[metric(unit = "{job}")]
    pub agent_jobs_processed_total: Counter<AgentLabels>,
}

/// The queue between the API and the agents.
#[derive(Debug, MetricSet)]
pub struct QueueMetrics {
    /// Jobs that were accepted and are not over, waiting or running; with NATS, as the server told last.
    #[metric(unit = "{job}")]
    jobs_unfinished: ObservableGauge<(), u64>,

    /// Jobs that a broken-down NATS server had lost and that the API has queued again.
    #[metric(unit = "{job}")]
    pub jobs_requeued_total: Counter,
}

/// Which agent.
#[derive(Clone, Debug, LabelSet)]
pub struct AgentLabels {
    /// The agent's name, by default the host's.
    #[label(max = 200)]
    pub agent: String,
}

impl AgentMetrics {
    /// Reports the agents of `fleet`, until what is returned is dropped. Processes that do not do
    /// so have no such metrics.
    pub fn observe(fleet: &Fleet) -> [Observation; 2] {
        let metrics = Self::global();
        let connected = fleet.clone();
        let ages = fleet.clone();
        [
            metrics.agents_connected.observe(move || connected.connected()),
            metrics.agent_heartbeat_age_seconds.observe_each(move |observer| {
                for (agent, age) in ages.heartbeat_ages() {
                    observer.observe(&AgentLabels { agent }, age.as_secs_f64());
                }
            }),
        ]
    }
}

impl QueueMetrics {
    /// Reports how many jobs of this broker are not over, until what is returned is dropped.
    pub fn observe(broker: &Arc<dyn Broker>) -> Observation {
        let broker = Arc::clone(broker);
        Self::global().jobs_unfinished.observe(move || broker.unfinished())
    }
}
