//! How the agent of a process is made known, and how the agents of other processes are observed.

use std::{sync::Arc, time::Duration};

use osapi_metrics::{
    instrumentation::nats::{self, NatsObservation},
    instruments::Observation,
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    broker::{
        Broker,
        nats::{HEARTBEAT_INTERVAL, Heartbeats, NatsBroker},
    },
    fleet::{Fleet, Member},
    metrics::{AgentLabels, AgentMetrics, QueueMetrics, WorkerMetrics},
};

/// Handles whose drop ends the observations and the heartbeats of a process.
#[derive(Debug, Default)]
pub(super) struct Presence {
    _observations: Vec<Observation>,
    _nats: Option<NatsObservation>,
    member: Option<Member>,
    heartbeats: Option<Heartbeats>,
    _agent_watch: Option<AbortOnDropHandle<()>>,
}

impl Presence {
    /// For a process with the API and one agent.
    pub(super) fn of_everything(broker: &Arc<dyn Broker>, agent: &str) -> Self {
        let fleet = Fleet::new(HEARTBEAT_INTERVAL);
        Self {
            member: Some(fleet.join(agent)),
            _observations: observe(&fleet, broker),
            ..Self::default()
        }
    }

    /// For an API, whose agents are processes of their own.
    pub(super) fn of_api(nats: &NatsBroker, broker: &Arc<dyn Broker>) -> Self {
        let fleet = Fleet::new(HEARTBEAT_INTERVAL);
        Self {
            _agent_watch: Some(nats.watch_agents(fleet.clone())),
            _observations: observe(&fleet, broker),
            _nats: Some(nats::observe(nats.client())),
            ..Self::default()
        }
    }

    /// For an agent, whose API is a process of its own.
    pub(super) fn of_agent(nats: &NatsBroker, agent: &str) -> Self {
        Self {
            heartbeats: Some(nats.announce(agent)),
            _nats: Some(nats::observe(nats.client())),
            ..Self::default()
        }
    }

    /// Announces that the agent of this process takes no more jobs.
    pub(super) async fn leave(&mut self, limit: Duration) {
        self.member = None;
        if let Some(heartbeats) = self.heartbeats.take() {
            heartbeats.leave(limit).await;
        }
    }
}

/// Reports the agents and the queue until the result is dropped. A process that does not call this
/// has no such series.
fn observe(fleet: &Fleet, broker: &Arc<dyn Broker>) -> Vec<Observation> {
    let (agents, queue) = (AgentMetrics::global(), QueueMetrics::global());
    let workers = WorkerMetrics::global();
    let (connected, ages, broker) = (fleet.clone(), fleet.clone(), Arc::clone(broker));
    let by_older_name = fleet.clone();
    vec![
        agents.agents_connected.observe(move || connected.connected()),
        workers.workers_connected.observe(move || by_older_name.connected()),
        agents.agent_heartbeat_age_seconds.observe_each(move |observer| {
            for (agent, age) in ages.heartbeat_ages() {
                observer.observe(&AgentLabels { agent }, age.as_secs_f64());
            }
        }),
        queue.jobs_unfinished.observe(move || broker.unfinished()),
    ]
}
